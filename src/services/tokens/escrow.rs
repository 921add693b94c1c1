//! Escrow: what X gave, sealed, in KV, until the account's object has it. Nothing here is unsealed.
//!
//! KV is the one store that does not depend on the object. It may say for a minute that it has nothing where it has: the object decides
//! who looks and for how long (see [`account`](crate::domain::account)).

use crate::{
    domain::{
        account::{Account, Command, Commit},
        ids::AccountId,
    },
    ports::{ObjectsExt, Unavailable},
    services::Context,
};

/// How long it waits to be found, in s: longer than X's refresh tokens live (6 months).
const TTL_S: u64 = 190 * 86_400;

fn kv_key(account: &AccountId, lease_id: &str) -> String {
    format!("escrow/{account}/{lease_id}")
}

/// Leaves `commit` here.
///
/// # Errors
/// When KV does not take it.
pub(super) async fn deposit(context: &Context, account: &AccountId, commit: &Commit) -> Result<(), Unavailable> {
    let text = serde_json::to_string(commit).map_err(|e| Unavailable::new("kv", e))?;
    context.kv().put(&kv_key(account, &commit.lease_id), &text, Some(TTL_S)).await
}

/// The object has it: it is not needed here.
async fn withdraw(context: &Context, account: &AccountId, lease_id: &str) {
    // What stays is never asked for, or is brought again, which changes nothing.
    let _ = context.kv().delete(&kv_key(account, lease_id)).await;
}

/// The same, beside the answer.
pub(super) fn withdraw_beside(context: &Context, account: &AccountId, lease_id: String) {
    let (worker, account) = (context.beside(), account.clone());
    context.ports.background.spawn(Box::pin(async move { withdraw(&worker, &account, &lease_id).await }));
}

/// Brings the object what stands here under `leases`, or tells it that nothing does.
///
/// # Errors
/// When KV or the object does not answer: then nobody has looked.
pub(super) async fn recover(context: &Context, account: &AccountId, leases: &[String]) -> Result<(), Unavailable> {
    let mut found = false;
    for lease_id in leases {
        if let Some(commit) = read(context, account, lease_id).await? {
            let command = Command::Commit(Box::new(commit));
            context.objects().ask::<Account>(account.as_str(), &command).await?;
            withdraw(context, account, lease_id).await;
            found = true;
        }
    }
    if !found {
        context.objects().ask::<Account>(account.as_str(), &Command::Looked).await?;
    }
    Ok(())
}

/// The same, beside the answer.
pub(super) fn recover_beside(context: &Context, account: &AccountId, leases: Vec<String>) {
    let (worker, account) = (context.beside(), account.clone());
    let work = async move {
        // If it could not be looked, another asker is sent.
        let _ = recover(&worker, &account, &leases).await;
    };
    context.ports.background.spawn(Box::pin(work));
}

/// What stands under a lease. What cannot be read is left where it is, and said.
async fn read(context: &Context, account: &AccountId, lease_id: &str) -> Result<Option<Commit>, Unavailable> {
    let Some(text) = context.kv().get(&kv_key(account, lease_id)).await? else {
        return Ok(None);
    };
    let commit = serde_json::from_str(&text);
    if let Err(e) = &commit {
        context.ports.log.write(&serde_json::json!({
            "level": "error", "message": "tokens in escrow cannot be read", "account_id": account.as_str(),
            "lease_id": lease_id, "reason": e.to_string(), "request_id": context.call.request_id,
        }));
    }
    Ok(commit.ok())
}
