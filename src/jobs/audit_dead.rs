//! The dead-letter queue: rows that the database has refused several times. The platform forgets a dead letter after a few days, so
//! what cannot be written now is parked.

use super::{
    audit_batch,
    message::{self, Verdict},
};
use crate::services::{Context, audit};

/// Tries once more to write the rows of `messages`, and parks those that cannot be written.
pub async fn audit_dead(context: &Context, messages: &[Option<String>]) -> Vec<Verdict> {
    let mut verdicts = audit_batch(context, messages).await;
    for (verdict, text) in verdicts.iter_mut().zip(messages) {
        if *verdict == Verdict::Again {
            *verdict = park(context, text.as_deref()).await;
        }
    }
    verdicts
}

async fn park(context: &Context, text: Option<&str>) -> Verdict {
    let Some(row) = message::row(context, text) else {
        return Verdict::Done;
    };
    match audit::park(context, &row).await {
        Ok(()) => Verdict::Done,
        Err(_) => Verdict::Again,
    }
}
