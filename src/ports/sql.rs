//! The database that people query: SQLite's dialect, with statements and batches.

use super::Unavailable;

/// One value of a row or a parameter. X's ids are texts: numbers beyond 2^53 do not survive the platform.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlValue {
    /// SQL `NULL`.
    Null,
    /// A whole number, at most 2^53 in size.
    Integer(i64),
    /// A text.
    Text(String),
}

impl From<&str> for SqlValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for SqlValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for SqlValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u64> for SqlValue {
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl<T: Into<Self>> From<Option<T>> for SqlValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A statement with its parameters, in the order of its `?1`, `?2` …
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The SQL text; always a constant, never built from a caller's words.
    pub sql: &'static str,
    /// At most 100 parameters.
    pub parameters: Vec<SqlValue>,
}

impl Statement {
    /// `sql` with `parameters`.
    pub fn new(sql: &'static str, parameters: impl Into<Vec<SqlValue>>) -> Self {
        Self { sql, parameters: parameters.into() }
    }
}

/// A row, as a JSON object of its columns.
pub type Row = serde_json::Map<String, serde_json::Value>;

/// The database.
#[async_trait::async_trait]
pub trait Sql: Send + Sync {
    /// The rows `statement` answers with.
    ///
    /// # Errors
    /// When the database refuses or does not answer.
    async fn query(&self, statement: Statement) -> Result<Vec<Row>, Unavailable>;

    /// Runs `statements` in one transaction: all or none. Answers how many rows were written.
    ///
    /// # Errors
    /// When the database refuses or does not answer.
    async fn batch(&self, statements: Vec<Statement>) -> Result<u64, Unavailable>;
}
