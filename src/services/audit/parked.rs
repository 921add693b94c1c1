//! Rows that neither the queue nor the database could take: they wait in KV, where nothing ends them.

use serde::Serialize;

use super::{BATCH, insert};
use crate::{
    domain::{
        audit::AuditRow,
        fault::{Code, Fault},
    },
    ports::Unavailable,
    services::Context,
};

const PREFIX: &str = "audit-dead:";
/// The most rows that one replay moves: each costs a few calls to the platform, which counts them.
const MOST: u32 = 200;

/// What a replay did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Replayed {
    /// Rows that stand in the database now.
    pub replayed: usize,
    /// Whether more are waiting.
    pub remaining: bool,
}

/// Parks `row`. Parking it again changes nothing.
///
/// # Errors
/// When KV does not take it.
pub async fn park(context: &Context, row: &AuditRow) -> Result<(), Unavailable> {
    let text = serde_json::to_string(row).map_err(|e| Unavailable::new("kv", e))?;
    context.kv().put(&key_of(&row.id), &text, None).await
}

/// Moves parked rows into the database. A row leaves KV only once it stands there; one that stands there already is not doubled.
///
/// # Errors
/// [`Code::Unavailable`] when KV or the database does not answer; what was moved until then stays moved.
pub async fn replay(context: &Context) -> Result<Replayed, Fault> {
    let keys = context.kv().list(PREFIX, MOST + 1).await.map_err(|e| out_of_reach(&e))?;
    let most = MOST as usize;
    let mut replayed = 0;
    for keys in keys.get(..keys.len().min(most)).unwrap_or_default().chunks(BATCH) {
        replayed += move_rows(context, keys).await.map_err(|e| out_of_reach(&e))?;
    }
    Ok(Replayed { replayed, remaining: keys.len() > most })
}

async fn move_rows(context: &Context, keys: &[String]) -> Result<usize, Unavailable> {
    let mut rows = Vec::new();
    for key in keys {
        rows.extend(read(context, key).await?);
    }
    if rows.is_empty() {
        return Ok(0);
    }
    insert(context, &rows).await?;
    for row in &rows {
        // A row that stays is written again by the next replay, which changes nothing.
        let _ = context.kv().delete(&key_of(&row.id)).await;
    }
    Ok(rows.len())
}

/// The row under `key`, unless a replay elsewhere has just moved it. One that cannot be read stays for the operator.
async fn read(context: &Context, key: &str) -> Result<Option<AuditRow>, Unavailable> {
    let Some(text) = context.kv().get(key).await? else {
        return Ok(None);
    };
    let row = serde_json::from_str(&text);
    if let Err(e) = &row {
        context.ports.log.write(&serde_json::json!({
            "level": "error", "message": "a parked audit row cannot be read", "kv_key": key, "reason": e.to_string(),
        }));
    }
    Ok(row.ok())
}

fn key_of(id: &str) -> String {
    format!("{PREFIX}{id}")
}

fn out_of_reach(unavailable: &Unavailable) -> Fault {
    let detail = format!("The rows stay parked: {} does not answer.", unavailable.part);
    Fault::new(Code::Unavailable, detail).with_retry_after(10)
}
