//! Reading the trail, the newest rows first.

use serde::Deserialize;

use crate::{
    domain::{
        Cursor, Timestamp,
        api_key::KeyId,
        audit::Action,
        fault::{Code, Fault},
        ids::AccountId,
    },
    ports::{SqlValue, Statement, Unavailable},
    services::Context,
};

/// Which rows are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What was done.
    pub action: Option<Action>,
    /// For which account.
    pub account: Option<AccountId>,
    /// By which key.
    pub key: Option<KeyId>,
    /// What came of it.
    pub outcome: Option<String>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// A row as it is read: an action that a newer perch has written is shown as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// Unique.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// By which key; absent for acts of perch itself.
    pub key_id: Option<String>,
    /// For which account.
    pub account_id: Option<String>,
    /// What was done.
    pub action: String,
    /// To what.
    pub target: Option<String>,
    /// `ok`, or the fault's code.
    pub outcome: String,
    /// The request's id.
    pub correlation_id: String,
    /// SHA-256 of the text that was sent.
    pub text_sha256: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Some rows, the newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The rows.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// Declares a statement whose first condition is the one that has an index.
macro_rules! select {
    ($indexed:literal) => {
        concat!(
            "SELECT id, at, key_id, account_id, action, target, outcome, correlation_id, text_sha256, reason FROM audit WHERE ",
            $indexed,
            " AND (?1 IS NULL OR action = ?1) AND (?2 IS NULL OR account_id = ?2) AND (?3 IS NULL OR key_id = ?3)",
            " AND (?4 IS NULL OR outcome = ?4) AND at >= ?5 AND at < ?6 AND (at < ?7 OR (at = ?7 AND id < ?8))",
            " ORDER BY at DESC, id DESC LIMIT ?9"
        )
    };
}

/// At most `limit` rows of those that `filter` names, from `cursor` on.
///
/// # Errors
/// [`Code::Unavailable`].
pub async fn query(context: &Context, filter: &Filter, cursor: Option<&Cursor>, limit: usize) -> Result<Page, Fault> {
    let statement = statement(filter, cursor, limit.saturating_add(1));
    let rows = context.sql().query(statement).await.map_err(|e| out_of_reach(&e))?;
    let entries = rows.into_iter().map(|row| serde_json::from_value(serde_json::Value::Object(row)));
    let entries: Result<Vec<Entry>, _> = entries.collect();
    let mut entries = entries.map_err(|e| out_of_reach(&Unavailable::new("d1", e)))?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let last = entries.last().filter(|_| more);
    let next = last.map(|last| Cursor { at: last.at, id: last.id.clone() });
    Ok(Page { entries, next })
}

fn statement(filter: &Filter, cursor: Option<&Cursor>, limit: usize) -> Statement {
    let sql = match filter {
        Filter { key: Some(_), .. } => select!("key_id = ?3"),
        Filter { account: Some(_), .. } => select!("account_id = ?2"),
        Filter { action: Some(_), .. } => select!("action = ?1"),
        _ => select!("at >= ?5"),
    };
    let parameters: Vec<SqlValue> = vec![
        filter.action.map(Action::name).into(),
        filter.account.as_ref().map(AccountId::as_str).into(),
        filter.key.as_ref().map(KeyId::as_str).into(),
        filter.outcome.clone().into(),
        filter.since.map_or(0, Timestamp::as_ms).into(),
        filter.until.map_or(u64::MAX, Timestamp::as_ms).into(),
        cursor.map_or(u64::MAX, |cursor| cursor.at.as_ms()).into(),
        cursor.map_or("", |cursor| cursor.id.as_str()).into(),
        (limit as u64).into(),
    ];
    Statement::new(sql, parameters)
}

fn out_of_reach(unavailable: &Unavailable) -> Fault {
    let detail = format!("The audit trail cannot be read at the moment: {} does not answer.", unavailable.part);
    Fault::new(Code::Unavailable, detail).with_retry_after(2)
}
