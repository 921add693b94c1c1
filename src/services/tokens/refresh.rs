//! Refreshing under a lease: exchange, seal, commit; in work that outlives the client that happened to ask.

use futures_channel::oneshot;
use futures_util::future::join;

use super::{Credential, Place, copy, endpoint, escrow, loss, open, seal};
use crate::{
    crashpoints::crashpoint,
    domain::{
        Timestamp,
        account::{Access, Account, Command, Commit, FailureClass, Lease, Renewed, Reply, Terms},
        audit::Action,
        fault::{Code, Fault},
        ids::AccountId,
    },
    ports::{ObjectsExt, Unavailable},
    services::{
        Context,
        audit::{self, Deed},
    },
    x::oauth2::{GrantRefusal, Granted},
};

/// How long to wait before each further try to commit, in ms. What X has given once it will not give again.
const AGAIN_AFTER_MS: [u64; 5] = [100, 300, 1000, 3000, 8000];

/// How long X may take, and our own way to it and back, in ms.
const EXCHANGE_MS: u64 = 12_000;

/// How long after it was asked for a lease may be acted on, in ms. The object binds nobody to it for longer than `terms` say, and the
/// breaker's object may take its time before the token is sent: who sends later might send what the next holder has sent already.
pub(super) fn act_within_ms(terms: Terms) -> u64 {
    match terms.lease_ms.saturating_sub(EXCHANGE_MS) {
        // Nobody exchanges so fast: such a lease is a test's, and binds to its end.
        0 => terms.lease_ms,
        ms => ms,
    }
}

/// What came of a lease.
enum Outcome {
    /// This access token.
    Renewed(Access),
    /// Something that only the object can judge: it must be asked again.
    Moved,
}

/// Refreshes beside the answer: the caller goes on with the old token.
pub(super) fn beside(context: &Context, account: &AccountId, lease: Lease, latest: Timestamp) {
    let (worker, account) = (context.beside(), account.clone());
    let work = async move {
        // Whoever needs the token next asks the object, which knows how this ended.
        let _ = exchange(&worker, &account, lease, latest).await;
    };
    context.ports.background.spawn(Box::pin(work));
}

/// Refreshes and answers with the new credential, or with nothing if the object must be asked again.
pub(super) async fn run(
    context: &Context,
    account: &AccountId,
    lease: Lease,
    latest: Timestamp,
) -> Result<Option<Credential>, Fault> {
    let (done, result) = oneshot::channel();
    let (worker, account) = (context.clone(), account.clone());
    let work = async move {
        // The client may have left; the refresh goes on.
        let _ = done.send(exchange(&worker, &account, lease, latest).await);
    };
    context.ports.background.spawn(Box::pin(work));
    result.await.unwrap_or_else(|_| Err(Fault::internal()))
}

async fn exchange(
    context: &Context,
    account: &AccountId,
    lease: Lease,
    latest: Timestamp,
) -> Result<Option<Credential>, Fault> {
    let outcome = attempt(context, account, &lease, latest).await;
    audit::record(context, Deed::new(Action::TokenRefresh).for_account(account), &outcome);
    match outcome? {
        Outcome::Renewed(access) => copy::keep_access(context, account, &access).await.map(Some),
        Outcome::Moved => Ok(None),
    }
}

async fn attempt(context: &Context, account: &AccountId, lease: &Lease, latest: Timestamp) -> Result<Outcome, Fault> {
    let place = Place { account, user: &lease.user, generation: lease.sealed_under };
    let granted = match open(context, &lease.sealed_refresh, "refresh", place) {
        Ok(refresh_token) => {
            crashpoint!(context, "refresh.request-sent", account.as_str());
            endpoint::refresh(context, &refresh_token, latest).await
        }
        Err(_) => Err(GrantRefusal { class: FailureClass::Misconfigured, reason: "sealed_box".to_owned() }),
    };
    match granted {
        Ok(granted) => {
            crashpoint!(context, "refresh.answer-received", account.as_str());
            commit(context, account, lease, &granted).await
        }
        Err(refusal) => give_back(context, account, lease, refusal).await,
    }
}

async fn commit(context: &Context, account: &AccountId, lease: &Lease, granted: &Granted) -> Result<Outcome, Fault> {
    let generation = lease.generation.saturating_add(1);
    let renewed = sealed(context, account, lease, granted)?;
    let access = Access {
        sealed_access: renewed.sealed_access.clone(),
        generation,
        expires_at: renewed.expires_at,
        user: lease.user.clone(),
    };
    let commit = Commit { lease_id: lease.lease_id.clone(), generation, renewed };
    if let Some(Reply::Stale { .. }) = deliver(context, account, commit).await {
        return Ok(Outcome::Moved);
    }
    // If the object could not be told, the tokens are in escrow, and good all the same.
    context.memory.unproven.brought(account, generation);
    crashpoint!(context, "refresh.before-reply", account.as_str());
    Ok(Outcome::Renewed(access))
}

/// What X gave, sealed under the generation that comes next.
fn sealed(context: &Context, account: &AccountId, lease: &Lease, granted: &Granted) -> Result<Renewed, Fault> {
    let place = Place { account, user: &lease.user, generation: lease.generation.saturating_add(1) };
    let old = Place { generation: lease.sealed_under, ..place };
    // X may keep the refresh token as it was (RFC 6749, 6); it is sealed anew under the new generation.
    let refresh_token = match &granted.refresh {
        Some(token) => token.clone(),
        None => open(context, &lease.sealed_refresh, "refresh", old)?,
    };
    Ok(Renewed {
        sealed_access: seal(context, &granted.access, "access", place)?,
        sealed_refresh: seal(context, &refresh_token, "refresh", place)?,
        expires_at: context.now().plus_ms(granted.expires_in_s.saturating_mul(1000)),
    })
}

/// Brings `commit` to the object, and answers with its reply if it can be had. Escrow has a copy meanwhile: whoever dies now, one of the
/// two is enough.
async fn deliver(context: &Context, account: &AccountId, commit: Commit) -> Option<Reply> {
    let command = Command::Commit(Box::new(commit.clone()));
    let bring = context.objects().ask::<Account>(account.as_str(), &command);
    let (reply, kept) = join(bring, escrow::deposit(context, account, &commit)).await;
    let reply = match reply {
        Ok(reply) => Some(reply),
        Err(_) => again(context, account, &command).await,
    };
    match (&reply, kept) {
        (Some(_), _) => escrow::withdraw_beside(context, account, commit.lease_id),
        (None, Ok(())) => {}
        (None, Err(e)) => lost_with_this_worker(context, account, &commit.lease_id, &e),
    }
    reply
}

fn lost_with_this_worker(context: &Context, account: &AccountId, lease_id: &str, escrow: &Unavailable) {
    context.ports.log.write(&serde_json::json!({
        "level": "error", "message": "renewed tokens reached neither the account's object nor escrow",
        "account_id": account.as_str(), "lease_id": lease_id, "escrow": escrow.to_string(),
        "request_id": context.call.request_id,
    }));
}

/// Asks, after a failed first time, until the object answers or the last wait is over.
async fn again(context: &Context, account: &AccountId, command: &Command) -> Option<Reply> {
    for wait in AGAIN_AFTER_MS {
        context.ports.timer.sleep(wait).await;
        if let Ok(reply) = context.objects().ask::<Account>(account.as_str(), command).await {
            return Some(reply);
        }
    }
    None
}

/// Tells the object that its lease brought nothing, and says what that means for the caller.
async fn give_back(
    context: &Context,
    account: &AccountId,
    lease: &Lease,
    refusal: GrantRefusal,
) -> Result<Outcome, Fault> {
    let GrantRefusal { class, reason } = refusal;
    if class == FailureClass::Misconfigured {
        page_operator(context, &reason);
    }
    let command = Command::RefreshFailed { lease_id: lease.lease_id.clone(), class, reason };
    let reply = match context.objects().ask::<Account>(account.as_str(), &command).await {
        Ok(reply) => Some(reply),
        // If this does not arrive, the lease ends by itself.
        Err(_) => again(context, account, &command).await,
    };
    if let Some(Reply::Stale { .. }) = reply {
        return Ok(Outcome::Moved);
    }
    if let Some(reply) = &reply {
        loss::announce(context, account, reply);
    }
    Err(refused(class))
}

fn refused(class: FailureClass) -> Fault {
    match class {
        FailureClass::Transient => {
            Fault::new(Code::XUnavailable, "X did not renew the account's token just now.").with_retry_after(2)
        }
        FailureClass::GrantDead => {
            Fault::new(Code::AccountNeedsReconnect, "X no longer takes this account's tokens; connect it anew.")
        }
        FailureClass::Misconfigured => {
            Fault::new(Code::XMisconfigured, "X does not accept perch's client credentials.")
        }
    }
}

/// X refuses perch itself, or perch cannot open what it sealed. No account is to blame, and none is disconnected.
fn page_operator(context: &Context, reason: &str) {
    context.ports.log.write(&serde_json::json!({
        "level": "error", "event": "x.client_refused", "message": "no token can be renewed until the settings are mended",
        "reason": reason, "request_id": context.call.request_id,
    }));
}
