//! A queue's message: one audit row as JSON text.

use crate::{domain::audit::AuditRow, services::Context};

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not needed any more.
    Done,
    /// It must come again.
    Again,
}

/// The row in `text`, which is nothing when the message was no text at all. What is none of ours is logged, without its words, and
/// never comes again: time does not mend it.
pub(super) fn row(context: &Context, text: Option<&str>) -> Option<AuditRow> {
    let row = serde_json::from_str(text.unwrap_or_default());
    if let Err(e) = &row {
        context.ports.log.write(&serde_json::json!({
            "level": "error", "message": "a queue message is no audit row", "reason": reason(e),
            "bytes": text.map(str::len), "request_id": context.call.request_id,
        }));
    }
    row.ok()
}

/// Where and how it is wrong; the error's own text may quote what stands there.
fn reason(error: &serde_json::Error) -> String {
    format!("{:?} at line {}, column {}", error.classify(), error.line(), error.column())
}
