//! What X's file says, beside what people have decided.

use super::spec::Cells;
use super::table::{FROM_SPEC, NOTHING, Row, Table};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

/// What a newer file of X's changes in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// A new operation, for which nobody has decided anything.
    Added { name: String, decided: String },
    /// X has it no more.
    Removed { name: String },
    /// X says something else of it.
    Changed { name: String, column: &'static str, before: String, after: String },
}

impl Display for Change {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { name, decided } => write!(to, "added    {name}; to be decided, for now: {decided}"),
            Self::Removed { name } => write!(to, "removed  {name}"),
            Self::Changed { name, column, before, after } => {
                write!(to, "changed  {name}: {column} was {before}, is {after}")
            }
        }
    }
}

/// The table with the operations of X's file. Decisions stay, and so do rows that are marked as newer than the file.
pub(super) fn merge(mut table: Table, operations: Vec<Cells>, version: &str) -> (Table, Vec<Change>) {
    let mut before: BTreeMap<String, Row> = table.rows.drain(..).map(|row| (row.key(), row)).collect();
    let mut changes = Vec::new();
    for spec in operations {
        let new = Row { decided: cautious(&spec), spec };
        let row = match before.remove(&new.key()) {
            Some(old) => updated(old, new, &mut changes),
            None => added(new, &mut changes),
        };
        table.rows.push(row);
    }
    for mut row in before.into_values() {
        if row.since() == NOTHING { changes.push(Change::Removed { name: row.name() }) } else { table.rows.push(row) }
    }
    table.rows.sort_by(|one, other| one.place().cmp(&other.place()));
    table.note_version(version);
    (table, changes)
}

/// What is decided for an operation that nobody has looked at: a repeat of a write may be another one.
fn cautious([method, _, _, _, _, _, _, _, stream]: &Cells) -> [String; 7] {
    let (group, timeout_ms) = if stream == NOTHING { ("other", "10000") } else { ("streams", "30000") };
    let effect = if method == "GET" { "read" } else { "create" };
    [group, effect, NOTHING, NOTHING, NOTHING, timeout_ms, NOTHING].map(str::to_owned)
}

fn added(new: Row, changes: &mut Vec<Change>) -> Row {
    changes.push(Change::Added { name: new.name(), decided: new.decided.join(" ") });
    new
}

/// The decisions of `old`, but no longer as one that X's file lacks.
fn updated(mut old: Row, new: Row, changes: &mut Vec<Change>) -> Row {
    let name = old.name();
    let since = std::mem::replace(old.since(), NOTHING.to_owned());
    let cells = FROM_SPEC.into_iter().zip(old.spec.into_iter().zip(new.spec.clone()));
    let cells = cells.chain([("since", (since, NOTHING.to_owned()))]);
    let differ = cells.filter(|(_, (before, after))| before != after);
    changes.extend(differ.map(|(column, (before, after))| Change::Changed {
        name: name.clone(),
        column,
        before,
        after,
    }));
    Row { spec: new.spec, decided: old.decided }
}
