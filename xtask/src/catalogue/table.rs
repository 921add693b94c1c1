//! The table, as it stands in the file: comments, the names of the columns, one operation a line.

use anyhow::{Context, Result, ensure};
use std::fmt::{self, Display, Formatter};

/// What X's file says of an operation.
pub(super) const FROM_SPEC: [&str; 9] =
    ["method", "template", "id", "auth", "scopes", "params", "success", "body", "stream"];

/// What people decide.
pub(super) const DECIDED: [&str; 7] = ["group", "effect", "user_limits", "app_limits", "price", "timeout_ms", "since"];

/// A cell with nothing in it.
pub(super) const NOTHING: &str = "-";

/// Begins the comment that names the version of X's file.
const VERSION: &str = "# version ";

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) comments: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// In the order of [`FROM_SPEC`].
    pub(super) spec: [String; 9],
    /// In the order of [`DECIDED`].
    pub(super) decided: [String; 7],
}

impl Table {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (comments, lines): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
        let (columns, lines) = lines.split_first().context("the table has no columns")?;
        ensure!(*columns == Self::columns(), "the table has other columns than {}", Self::columns());
        let rows = lines.iter().map(|line| Row::parse(line)).collect::<Result<_>>()?;
        Ok(Self { comments: comments.into_iter().map(str::to_owned).collect(), rows })
    }

    /// Notes in the comments which version of X's file it is made of.
    pub(super) fn note_version(&mut self, version: &str) {
        for comment in self.comments.iter_mut().filter(|comment| comment.starts_with(VERSION)) {
            *comment = format!("{VERSION}{version}");
        }
    }

    fn columns() -> String {
        [FROM_SPEC.as_slice(), &DECIDED].concat().join("\t")
    }
}

impl Row {
    fn parse(line: &str) -> Result<Self> {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let (spec, decided) = cells.split_at_checked(FROM_SPEC.len()).with_context(|| format!("too short: {line}"))?;
        let decided = decided.to_vec().try_into().ok().with_context(|| format!("another number of cells: {line}"))?;
        let spec = spec.to_vec().try_into().ok().with_context(|| format!("too short: {line}"))?;
        Ok(Self { spec, decided })
    }

    fn method(&self) -> &str {
        let [method, ..] = &self.spec;
        method
    }

    fn template(&self) -> &str {
        let [_, template, ..] = &self.spec;
        template
    }

    /// Method and template.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method(), self.template())
    }

    /// What stays the same when X calls a parameter otherwise.
    pub(super) fn key(&self) -> String {
        let blank = |segment: &'_ str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_owned() };
        format!("{} {}", self.method(), self.template().split('/').map(blank).collect::<Vec<_>>().join("/"))
    }

    /// Where the row stands.
    pub(super) fn place(&self) -> (&str, &str) {
        (self.template(), self.method())
    }

    /// The version of X's file that had the operation first, of an operation that the table's own version lacks.
    pub(super) fn since(&mut self) -> &mut String {
        let [.., since] = &mut self.decided;
        since
    }
}

impl Display for Table {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        for comment in &self.comments {
            writeln!(to, "{comment}")?;
        }
        writeln!(to, "{}", Self::columns())?;
        for row in &self.rows {
            writeln!(to, "{}\t{}", row.spec.join("\t"), row.decided.join("\t"))?;
        }
        Ok(())
    }
}
