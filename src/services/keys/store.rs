//! Where key records stand: D1 first, then KV's copy, then word to the key's object that there is a newer version.

use std::collections::BTreeSet;

use super::lookup::ORIGINS;
use crate::{
    domain::{
        Cursor, Timestamp,
        allowance::{Allowance, Command},
        api_key::{KeyId, KeyRecord, Origin, Standing},
    },
    ports::{ObjectsExt, Row, SqlValue, Statement, Unavailable},
    services::Context,
};

/// Where KV's copy of a record stands.
pub(super) fn kv_key(kid: &KeyId) -> String {
    format!("key:{kid}")
}

/// Writes a new record.
///
/// # Errors
/// When D1 does not take it; then there is no key.
pub async fn insert(context: &Context, record: &KeyRecord) -> Result<(), Unavailable> {
    const INSERT: &str = "INSERT INTO api_keys (kid, name, record, version, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let statement = Statement::new(INSERT, insertion(record)?);
    context.sql().batch(vec![statement]).await?;
    copy_to_kv(context, record).await;
    if !record.origins.is_empty() {
        let _ = publish_origins(context).await;
    }
    Ok(())
}

/// Replaces a record by its next version. Answers false if another change came first: read it again, and decide again.
///
/// # Errors
/// When D1 does not take it; then nothing has changed.
pub async fn update(context: &Context, record: &KeyRecord) -> Result<bool, Unavailable> {
    if context.sql().batch(vec![replacement(record)?]).await? == 0 {
        return Ok(false);
    }
    copy_to_kv(context, record).await;
    let _ = publish_origins(context).await;
    Ok(true)
}

/// Replaces `old` by its next version and writes `new` beside it, both or none. Answers false if another change to `old` came
/// first.
///
/// # Errors
/// When D1 does not take it; then nothing has changed.
pub(super) async fn replace(context: &Context, old: &KeyRecord, new: &KeyRecord) -> Result<bool, Unavailable> {
    // The new key is written only if the old one still is what was read: the same condition as the update's.
    const INSERT: &str = "INSERT INTO api_keys (kid, name, record, version, created_at) \
        SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM api_keys WHERE kid = ?6 AND version = ?7 - 1)";
    let mut parameters = insertion(new)?;
    parameters.extend([old.kid.as_str().into(), u64::from(old.version).into()]);
    let statements = vec![Statement::new(INSERT, parameters), replacement(old)?];
    if context.sql().batch(statements).await? == 0 {
        return Ok(false);
    }
    copy_to_kv(context, new).await;
    copy_to_kv(context, old).await;
    let _ = publish_origins(context).await;
    Ok(true)
}

/// The parameters of a new record's row.
fn insertion(record: &KeyRecord) -> Result<Vec<SqlValue>, Unavailable> {
    Ok(vec![
        record.kid.as_str().into(),
        record.name.as_str().into(),
        text(record)?.into(),
        u64::from(record.version).into(),
        record.created_at.as_ms().into(),
    ])
}

/// Writes `record` over the version before it.
fn replacement(record: &KeyRecord) -> Result<Statement, Unavailable> {
    const UPDATE: &str = "UPDATE api_keys SET name = ?2, record = ?3, version = ?4, revoked_at = ?5 \
        WHERE kid = ?1 AND version = ?4 - 1";
    let parameters: Vec<SqlValue> = vec![
        record.kid.as_str().into(),
        record.name.as_str().into(),
        text(record)?.into(),
        u64::from(record.version).into(),
        record.revoked_at.map(Timestamp::as_ms).into(),
    ];
    Ok(Statement::new(UPDATE, parameters))
}

/// Tells the key's object that `record` is the newest: every isolate hears it within a second.
///
/// # Errors
/// When the object does not answer: the change stands, but may take a minute to be seen everywhere.
pub async fn announce(context: &Context, record: &KeyRecord) -> Result<(), Unavailable> {
    let command = Command::Announce { version: record.version };
    context.objects().ask::<Allowance>(record.kid.as_str(), &command).await.map(|_| ())
}

/// The record of `kid`.
///
/// # Errors
/// When D1 does not answer, or holds a record that cannot be read.
pub async fn load(context: &Context, kid: &KeyId) -> Result<Option<KeyRecord>, Unavailable> {
    const SELECT: &str = "SELECT record FROM api_keys WHERE kid = ?1";
    let rows = context.sql().query(Statement::new(SELECT, [kid.as_str().into()])).await?;
    rows.first().map(record_of).transpose()
}

/// All records, the newest first, at most `limit` of those made before `before_ms`.
///
/// # Errors
/// When D1 does not answer, or holds a record that cannot be read.
pub async fn load_all(context: &Context, before_ms: u64, limit: u64) -> Result<Vec<KeyRecord>, Unavailable> {
    const SELECT: &str = "SELECT record FROM api_keys WHERE created_at < ?1 ORDER BY created_at DESC, kid LIMIT ?2";
    let rows = context.sql().query(Statement::new(SELECT, [before_ms.into(), limit.into()])).await?;
    rows.iter().map(record_of).collect()
}

/// At most `limit` records, the newest first, of those that come after `cursor`.
///
/// # Errors
/// When D1 does not answer, or holds a record that cannot be read.
pub(super) async fn load_page(
    context: &Context,
    cursor: Option<&Cursor>,
    limit: u64,
) -> Result<Vec<KeyRecord>, Unavailable> {
    const SELECT: &str = "SELECT record FROM api_keys WHERE created_at < ?1 OR (created_at = ?1 AND kid > ?2) \
        ORDER BY created_at DESC, kid LIMIT ?3";
    let at = cursor.map_or(u64::MAX, |cursor| cursor.at.as_ms());
    let id = cursor.map_or("", |cursor| cursor.id.as_str());
    let statement = Statement::new(SELECT, [at.into(), id.into(), limit.into()]);
    let rows = context.sql().query(statement).await?;
    rows.iter().map(record_of).collect()
}

/// The records of all keys with the scope `admin` but `kid`'s that were not revoked.
///
/// # Errors
/// When D1 does not answer, or holds a record that cannot be read.
pub(super) async fn load_other_admins(context: &Context, kid: &KeyId) -> Result<Vec<KeyRecord>, Unavailable> {
    const SELECT: &str = "SELECT record FROM api_keys WHERE kid <> ?1 AND revoked_at IS NULL \
        AND EXISTS (SELECT 1 FROM json_each(record, '$.scopes') WHERE value = 'admin')";
    let rows = context.sql().query(Statement::new(SELECT, [kid.as_str().into()])).await?;
    rows.iter().map(record_of).collect()
}

fn record_of(row: &Row) -> Result<KeyRecord, Unavailable> {
    let text = row.get("record").and_then(serde_json::Value::as_str).unwrap_or_default();
    serde_json::from_str(text).map_err(|e| Unavailable::new("d1", e))
}

fn text(record: &KeyRecord) -> Result<String, Unavailable> {
    serde_json::to_string(record).map_err(|e| Unavailable::new("d1", e))
}

/// KV's copies only spare a question to D1, so a failure to write them is no failure of the change.
async fn copy_to_kv(context: &Context, record: &KeyRecord) {
    if let Ok(text) = text(record) {
        let _ = context.kv().put(&kv_key(&record.kid), &text, None).await;
    }
}

/// Writes the union of all keys' origins, by which preflights are answered.
async fn publish_origins(context: &Context) -> Result<(), Unavailable> {
    let records = load_all(context, u64::MAX, 1000).await?;
    let now = context.now();
    let active = records.iter().filter(|record| record.standing(now) == Standing::Active);
    let origins: BTreeSet<&str> = active.flat_map(|record| record.origins.iter().map(Origin::as_str)).collect();
    let text = serde_json::to_string(&origins).map_err(|e| Unavailable::new("kv", e))?;
    context.kv().put(ORIGINS, &text, None).await
}
