//! Refreshing under a lease: exchange, seal, commit; in work that outlives the client that happened to ask.

use futures_channel::oneshot;

use super::{Credential, Place, copy, endpoint, open, out_of_reach, refused, seal};
use crate::{
    crashpoints::crashpoint,
    domain::{
        account::{Access, Account, Command, Commit, FailureClass, Lease, Renewed, Reply},
        audit::Action,
        fault::{Code, Fault},
        ids::AccountId,
    },
    ports::ObjectsExt,
    services::{
        Context,
        audit::{self, Deed},
    },
    x::oauth2::{GrantRefusal, Granted},
};

/// How long to wait before each further try to commit, in ms. What X has given once it will not give again.
const COMMIT_AGAIN_AFTER_MS: [u64; 5] = [100, 300, 1000, 3000, 8000];

/// Refreshes beside the answer: the caller goes on with the old token.
pub(super) fn beside(context: &Context, account: &AccountId, lease: Lease) {
    let (worker, account) = (context.beside(), account.clone());
    let work = async move {
        // Whoever needs the token next asks the object, which knows how this ended.
        let _ = exchange(&worker, &account, lease).await;
    };
    context.ports.background.spawn(Box::pin(work));
}

/// Refreshes and answers with the new credential.
pub(super) async fn run(context: &Context, account: &AccountId, lease: Lease) -> Result<Credential, Fault> {
    let (done, result) = oneshot::channel();
    let (worker, account) = (context.clone(), account.clone());
    let work = async move {
        // The client may have left; the refresh goes on.
        let _ = done.send(exchange(&worker, &account, lease).await);
    };
    context.ports.background.spawn(Box::pin(work));
    result.await.unwrap_or_else(|_| Err(Fault::internal()))
}

async fn exchange(context: &Context, account: &AccountId, lease: Lease) -> Result<Credential, Fault> {
    let outcome = attempt(context, account, &lease).await;
    audit::record(context, Deed::new(Action::TokenRefresh).for_account(account), &outcome);
    let access = outcome?;
    copy::keep_access(context, account, &access).await
}

async fn attempt(context: &Context, account: &AccountId, lease: &Lease) -> Result<Access, Fault> {
    let place = Place { account, user: &lease.user, generation: lease.generation };
    let granted = match open(context, &lease.sealed_refresh, "refresh", place) {
        Ok(refresh_token) => endpoint::refresh(context, &refresh_token).await,
        Err(_) => Err(GrantRefusal { class: FailureClass::Misconfigured, reason: "sealed_box".to_owned() }),
    };
    match granted {
        Ok(granted) => {
            crashpoint!(context, "refresh.answer-received", account.as_str());
            commit(context, account, lease, &granted).await
        }
        Err(refusal) => Err(give_back(context, account, lease, refusal).await),
    }
}

async fn commit(context: &Context, account: &AccountId, lease: &Lease, granted: &Granted) -> Result<Access, Fault> {
    let generation = lease.generation.saturating_add(1);
    let place = Place { account, user: &lease.user, generation };
    let old = Place { generation: lease.generation, ..place };
    // X may keep the refresh token as it was (RFC 6749, 6); it is sealed anew under the new generation.
    let refresh_token = match &granted.refresh {
        Some(token) => token.clone(),
        None => open(context, &lease.sealed_refresh, "refresh", old)?,
    };
    let renewed = Renewed {
        sealed_access: seal(context, &granted.access, "access", place)?,
        sealed_refresh: seal(context, &refresh_token, "refresh", place)?,
        expires_at: context.now().plus_ms(granted.expires_in_s.saturating_mul(1000)),
    };
    let access = Access {
        sealed_access: renewed.sealed_access.clone(),
        generation,
        expires_at: renewed.expires_at,
        user: lease.user.clone(),
    };
    let command = Command::Commit(Box::new(Commit { lease_id: lease.lease_id.clone(), generation, renewed }));
    match insist(context, account, &command).await? {
        Reply::Committed { .. } => {
            crashpoint!(context, "refresh.before-reply", account.as_str());
            Ok(access)
        }
        refusal => Err(refused(&refusal)),
    }
}

/// Asks until the object answers, or the last wait is over.
async fn insist(context: &Context, account: &AccountId, command: &Command) -> Result<Reply, Fault> {
    for wait in COMMIT_AGAIN_AFTER_MS {
        if let Ok(reply) = context.objects().ask::<Account>(account.as_str(), command).await {
            return Ok(reply);
        }
        context.ports.timer.sleep(wait).await;
    }
    context.objects().ask::<Account>(account.as_str(), command).await.map_err(|e| out_of_reach(&e))
}

/// Tells the object that its lease brought nothing, and says what that means for the caller.
async fn give_back(context: &Context, account: &AccountId, lease: &Lease, refusal: GrantRefusal) -> Fault {
    let GrantRefusal { class, reason } = refusal;
    let command = Command::RefreshFailed { lease_id: lease.lease_id.clone(), class, reason };
    // If this does not arrive, the lease ends by itself.
    let _ = insist(context, account, &command).await;
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
