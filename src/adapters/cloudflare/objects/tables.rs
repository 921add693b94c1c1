//! The tables inside an object, and how they came to be.

use worker::{SqlStorage, SqlStorageValue};

/// One statement each, in order; how many were done in an object stands in its table `migration`. Never change one that was released: add.
const MIGRATIONS: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS machine (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL)",
    "CREATE TABLE record (id TEXT PRIMARY KEY, key TEXT, claim TEXT, at INTEGER NOT NULL, due_at INTEGER, ends_at INTEGER, \
     value TEXT NOT NULL)",
    "CREATE UNIQUE INDEX record_by_key ON record (key) WHERE key IS NOT NULL",
    "CREATE INDEX record_by_claim ON record (claim) WHERE claim IS NOT NULL",
    "CREATE INDEX record_by_due_at ON record (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX record_by_ends_at ON record (ends_at) WHERE ends_at IS NOT NULL",
    "CREATE INDEX record_by_at ON record (at, id)",
];

const COUNT: &str =
    "CREATE TABLE IF NOT EXISTS migration (id INTEGER PRIMARY KEY CHECK (id = 1), done INTEGER NOT NULL)";
const DONE: &str = "SELECT done FROM migration WHERE id = 1";
const NOTE: &str = "INSERT INTO migration (id, done) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET done = excluded.done";

#[derive(serde::Deserialize)]
struct Done {
    done: usize,
}

/// Brings the tables up to date. There is no `await` between the steps, so the platform stores all of them or none.
///
/// # Errors
/// When a statement is refused.
pub(super) fn migrate(sql: &SqlStorage) -> worker::Result<()> {
    sql.exec(COUNT, None)?;
    let done = sql.exec(DONE, None)?.next::<Done>().next().transpose()?.map_or(0, |row| row.done);
    let missing = MIGRATIONS.get(done..).unwrap_or_default();
    for statement in missing {
        sql.exec(statement, None)?;
    }
    if !missing.is_empty() {
        let count = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        sql.exec(NOTE, vec![SqlStorageValue::from(count)])?;
    }
    Ok(())
}
