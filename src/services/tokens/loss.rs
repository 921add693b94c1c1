//! Telling that an account needs a person: one row in the audit trail and one line in the log.
//!
//! The object keeps the news until a worker has said that it is told, and hands it to one worker at a time. The row's name follows from
//! account and generation, so that writing it again changes nothing; it is written straight into the database, because a queue may lose
//! what it took. A worker that dies between log and report leaves a second line with the same `event_id`, and no second row.

use crate::{
    domain::{
        account::{Account, Command, ReauthReason, Reply},
        audit::{Action, AuditRow},
        fault::Code,
        ids::AccountId,
    },
    ports::ObjectsExt,
    services::{Context, audit},
};

/// Tells it beside the answer, if the object's reply says that this worker is to.
pub(super) fn announce(context: &Context, account: &AccountId, reply: &Reply) {
    if let Reply::NeedsReauth { reason, announce: Some(generation) } = *reply {
        let (worker, account) = (context.beside(), account.clone());
        context.ports.background.spawn(Box::pin(async move { tell(&worker, &account, reason, generation).await }));
    }
}

async fn tell(context: &Context, account: &AccountId, reason: ReauthReason, generation: u64) {
    let row = row(context, account, reason, generation);
    if audit::insert(context, std::slice::from_ref(&row)).await.is_err() {
        return; // The object hands the news to another worker.
    }
    context.ports.log.write(&serde_json::json!({
        "level": "error", "event": "account.needs_reconnect", "message": "an account must be connected anew",
        "event_id": row.id, "account_id": account.as_str(), "generation": generation, "reason": reason,
        "request_id": context.call.request_id,
    }));
    let command = Command::Announced { generation };
    let _ = context.objects().ask::<Account>(account.as_str(), &command).await;
}

fn row(context: &Context, account: &AccountId, reason: ReauthReason, generation: u64) -> AuditRow {
    let reason = serde_json::to_value(reason).ok().and_then(|name| name.as_str().map(str::to_owned));
    AuditRow {
        id: format!("needs-reconnect-{account}-{generation}"),
        at: context.now(),
        key_id: None,
        account_id: Some(account.clone().into()),
        action: Action::AccountNeedsReconnect,
        target: None,
        outcome: Code::AccountNeedsReconnect.slug().to_owned(),
        correlation_id: context.call.request_id.clone(),
        text_sha256: None,
        reason,
    }
}
