//! Where account records stand: the table `accounts` of D1.

use serde::Deserialize;

use crate::{
    domain::{
        Timestamp,
        account::{AccountKind, AccountRecord},
        api_key::AccountGrant,
        caller::Caller,
        ids::{AccountId, UserId},
    },
    ports::{Row, SqlValue, Statement, Unavailable},
    services::Context,
};

/// The most accounts one answer lists.
pub(super) const MOST: u64 = 1000;

/// A row as D1 answers it.
#[derive(Deserialize)]
struct AccountRow {
    id: AccountId,
    x_user_id: UserId,
    username: String,
    name: String,
    label: Option<String>,
    kind: AccountKind,
    scopes: String,
    paused: u8,
    connected_at: Timestamp,
    updated_at: Timestamp,
}

impl From<AccountRow> for AccountRecord {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id,
            user: row.x_user_id,
            username: row.username,
            name: row.name,
            label: row.label,
            kind: row.kind,
            scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
            paused: row.paused != 0,
            connected_at: row.connected_at,
            updated_at: row.updated_at,
        }
    }
}

/// The account called `id`.
///
/// # Errors
/// When D1 does not answer, or holds a row that cannot be read.
pub async fn load(context: &Context, id: &AccountId) -> Result<Option<AccountRecord>, Unavailable> {
    const SELECT: &str = "SELECT * FROM accounts WHERE id = ?1";
    let found = query(context, Statement::new(SELECT, [id.as_str().into()])).await?;
    Ok(found.into_iter().next())
}

/// The account of an X user; there is at most one.
///
/// # Errors
/// As [`load`].
pub async fn by_x_user(context: &Context, user: &UserId) -> Result<Option<AccountRecord>, Unavailable> {
    const SELECT: &str = "SELECT * FROM accounts WHERE x_user_id = ?1";
    let found = query(context, Statement::new(SELECT, [user.as_str().into()])).await?;
    Ok(found.into_iter().next())
}

/// The accounts that had the handle `username` when they were last connected. X lets handles change hands, so there may be
/// several.
///
/// # Errors
/// As [`load`].
pub async fn by_username(context: &Context, username: &str) -> Result<Vec<AccountRecord>, Unavailable> {
    const SELECT: &str = "SELECT * FROM accounts WHERE username = ?1 COLLATE NOCASE ORDER BY updated_at DESC LIMIT 10";
    query(context, Statement::new(SELECT, [username.into()])).await
}

/// The accounts that `caller` may use, the newest first, at most 1000.
///
/// # Errors
/// As [`load`].
pub async fn list(context: &Context, caller: &Caller) -> Result<Vec<AccountRecord>, Unavailable> {
    let mut records = granted(context, &caller.record().accounts, MOST).await?;
    records.retain(|record| caller.may_use(&record.id));
    Ok(records)
}

/// Up to `limit` of the accounts in `grant`, the newest first.
pub(super) async fn granted(
    context: &Context,
    grant: &AccountGrant,
    limit: u64,
) -> Result<Vec<AccountRecord>, Unavailable> {
    const ALL: &str = "SELECT * FROM accounts ORDER BY connected_at DESC, id LIMIT ?1";
    // One parameter however many ids there are: D1 takes at most 100.
    const THESE: &str = "SELECT * FROM accounts WHERE id IN (SELECT value FROM json_each(?2)) \
        ORDER BY connected_at DESC, id LIMIT ?1";
    let statement = match grant {
        AccountGrant::All => Statement::new(ALL, [limit.into()]),
        AccountGrant::Only(ids) if ids.is_empty() => return Ok(Vec::new()),
        AccountGrant::Only(ids) => {
            let ids = serde_json::to_string(ids).map_err(|e| Unavailable::new("d1", e))?;
            Statement::new(THESE, [limit.into(), ids.into()])
        }
    };
    query(context, statement).await
}

/// Makes sure that the X user of `draft` has a row, and answers with it: the one that was there, or `draft`. Of two that claim
/// the same user at once, both get the same row.
pub(super) async fn claim(context: &Context, draft: &AccountRecord) -> Result<AccountRecord, Unavailable> {
    const INSERT: &str = "INSERT INTO accounts \
        (id, x_user_id, username, name, label, kind, scopes, paused, connected_at, updated_at) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (x_user_id) DO NOTHING";
    context.sql().batch(vec![Statement::new(INSERT, parameters(draft))]).await?;
    let kept = by_x_user(context, &draft.user).await?;
    kept.ok_or_else(|| Unavailable::new("d1", "a row was written and is not there"))
}

/// Writes a record, over the row of the same id if there is one.
pub(super) async fn upsert(context: &Context, record: &AccountRecord) -> Result<(), Unavailable> {
    const UPSERT: &str = "INSERT INTO accounts \
        (id, x_user_id, username, name, label, kind, scopes, paused, connected_at, updated_at) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO UPDATE SET \
        username = ?3, name = ?4, label = ?5, kind = ?6, scopes = ?7, paused = ?8, updated_at = ?10";
    context.sql().batch(vec![Statement::new(UPSERT, parameters(record))]).await.map(|_| ())
}

/// Changes what the operator may change. Answers false if the account is gone.
pub(super) async fn change(
    context: &Context,
    id: &AccountId,
    label: Option<&str>,
    paused: bool,
) -> Result<bool, Unavailable> {
    const UPDATE: &str = "UPDATE accounts SET label = ?2, paused = ?3, updated_at = ?4 WHERE id = ?1";
    let parameters: Vec<SqlValue> =
        vec![id.as_str().into(), label.into(), u64::from(paused).into(), context.now().as_ms().into()];
    let written = context.sql().batch(vec![Statement::new(UPDATE, parameters)]).await?;
    Ok(written > 0)
}

/// Removes the row; a missing one is no error.
pub(super) async fn remove(context: &Context, id: &AccountId) -> Result<(), Unavailable> {
    const DELETE: &str = "DELETE FROM accounts WHERE id = ?1";
    context.sql().batch(vec![Statement::new(DELETE, [id.as_str().into()])]).await.map(|_| ())
}

async fn query(context: &Context, statement: Statement) -> Result<Vec<AccountRecord>, Unavailable> {
    let rows = context.sql().query(statement).await?;
    rows.into_iter().map(record_of).collect()
}

fn record_of(row: Row) -> Result<AccountRecord, Unavailable> {
    let row: AccountRow = serde_json::from_value(row.into()).map_err(|e| Unavailable::new("d1", e))?;
    Ok(row.into())
}

/// In the order of the table's columns.
fn parameters(record: &AccountRecord) -> Vec<SqlValue> {
    let kind = match record.kind {
        AccountKind::OAuth2 => "oauth2",
        AccountKind::OAuth1 => "oauth1",
    };
    vec![
        record.id.as_str().into(),
        record.user.as_str().into(),
        record.username.as_str().into(),
        record.name.as_str().into(),
        record.label.clone().into(),
        kind.into(),
        record.scopes.join(" ").into(),
        u64::from(record.paused).into(),
        record.connected_at.as_ms().into(),
        record.updated_at.as_ms().into(),
    ]
}
