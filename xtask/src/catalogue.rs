//! The catalogue of X's endpoints, brought up to a newer OpenAPI file of X's.

mod merge;
mod spec;
mod table;
#[cfg(test)]
mod tests;

use crate::progress;
use crate::project::Project;
use anyhow::{Context, Result};
use std::path::Path;
use table::Table;

const TABLE: &str = "src/x/catalogue/operations.tsv";

/// Rewrites the table from the OpenAPI file `from`, and prints what changed.
pub(crate) fn run(from: &Path) -> Result<()> {
    let path = Project::open()?.path(TABLE);
    let read = |path: &Path| std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    let spec = serde_json::from_str(&read(from)?).with_context(|| format!("{} is not JSON", from.display()))?;
    let table = Table::parse(&read(&path)?)?;
    let (table, changes) = merge::merge(table, spec::operations(&spec)?, spec::version(&spec)?);
    for change in &changes {
        println!("{change}");
    }
    std::fs::write(&path, table.to_string()).with_context(|| format!("cannot write {}", path.display()))?;
    progress::ready(format!("{TABLE}: {} operations, {} changes", table.rows.len(), changes.len()));
    Ok(())
}
