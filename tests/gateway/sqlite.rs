//! The `Sql` port over real SQLite, in memory, with the real migrations.

use std::{
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use perch::ports::{Row, Sql, SqlValue, Statement, Unavailable};
use rusqlite::{Connection, params_from_iter, types::Value, types::ValueRef};

/// A database that holds what D1 would hold.
pub(crate) struct Sqlite {
    connection: Mutex<Connection>,
    down: AtomicBool,
}

impl Sqlite {
    /// An empty database with every migration applied.
    pub(crate) fn migrated() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        for (name, text) in migrations() {
            connection.execute_batch(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
        Self { connection: Mutex::new(connection), down: AtomicBool::new(false) }
    }

    /// Whether every call fails from now on.
    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// The rows of any query, for tests that look behind the gateway.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Row> {
        select(&self.connection(), sql, &[]).unwrap()
    }

    /// Every value of every table as text, for scans.
    pub(crate) fn dump(&self) -> String {
        let tables = self.rows("SELECT name FROM sqlite_schema WHERE type = 'table'");
        let rows =
            tables.iter().flat_map(|table| self.rows(&format!("SELECT * FROM {}", table["name"].as_str().unwrap())));
        rows.map(|row| serde_json::Value::Object(row).to_string()).collect::<Vec<_>>().join("\n")
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn up(&self) -> Result<(), Unavailable> {
        if self.down.load(Ordering::Relaxed) {
            return Err(Unavailable::new("d1", "down"));
        }
        Ok(())
    }
}

/// Names and texts of the migrations, in their order.
pub(crate) fn migrations() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    paths.sort();
    let read = |path: &std::path::PathBuf| (path.display().to_string(), std::fs::read_to_string(path).unwrap());
    paths.iter().map(read).collect()
}

#[async_trait::async_trait]
impl Sql for Sqlite {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>, Unavailable> {
        self.up()?;
        select(&self.connection(), statement.sql, &statement.parameters).map_err(|e| Unavailable::new("d1", e))
    }

    async fn batch(&self, statements: Vec<Statement>) -> Result<u64, Unavailable> {
        self.up()?;
        let mut connection = self.connection();
        let mut run = || {
            let transaction = connection.transaction()?;
            let mut written = 0;
            for statement in &statements {
                assert!(statement.parameters.len() <= 100, "D1 takes at most 100 parameters");
                written +=
                    transaction.execute(statement.sql, params_from_iter(statement.parameters.iter().map(bound)))?;
            }
            transaction.commit()?;
            Ok(written as u64)
        };
        run().map_err(|e: rusqlite::Error| Unavailable::new("d1", e))
    }
}

fn select(connection: &Connection, sql: &str, parameters: &[SqlValue]) -> rusqlite::Result<Vec<Row>> {
    let mut prepared = connection.prepare(sql)?;
    let names: Vec<String> = prepared.column_names().map(str::to_owned).collect();
    let rows = prepared.query_map(params_from_iter(parameters.iter().map(bound)), |row| {
        names.iter().enumerate().map(|(at, name)| Ok((name.clone(), json(row.get_ref(at)?)))).collect()
    })?;
    rows.collect()
}

/// The platform knows no integers: numbers are bound as JavaScript has them.
fn bound(value: &SqlValue) -> Value {
    match value {
        SqlValue::Null => Value::Null,
        #[expect(clippy::cast_precision_loss, reason = "as the platform does")]
        SqlValue::Integer(number) => Value::Real(*number as f64),
        SqlValue::Text(text) => Value::Text(text.clone()),
    }
}

fn json(value: ValueRef<'_>) -> serde_json::Value {
    match value {
        ValueRef::Null => serde_json::Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(_) => panic!("no column holds bytes"),
    }
}
