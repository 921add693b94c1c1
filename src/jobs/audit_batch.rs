//! The audit queue: rows into the database, in batches.

use super::message::{self, Verdict};
use crate::{
    domain::audit::AuditRow,
    services::{
        Context,
        audit::{self, BATCH},
    },
};

/// Writes the rows of `messages`, and says of each message what becomes of it. A row that comes twice is written once.
pub async fn audit_batch(context: &Context, messages: &[Option<String>]) -> Vec<Verdict> {
    let mut verdicts = Vec::with_capacity(messages.len());
    for messages in messages.chunks(BATCH) {
        let rows: Vec<Option<AuditRow>> = messages.iter().map(|text| message::row(context, text.as_deref())).collect();
        let readable: Vec<AuditRow> = rows.iter().flatten().cloned().collect();
        let written = readable.is_empty() || audit::insert(context, &readable).await.is_ok();
        let verdict = |row: &Option<AuditRow>| {
            if written || row.is_none() { Verdict::Done } else { Verdict::Again }
        };
        verdicts.extend(rows.iter().map(verdict));
    }
    verdicts
}
