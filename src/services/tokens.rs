//! A credential for an account: from the isolate's memory, else KV's sealed copy, else the account's object, which alone decides
//! who may refresh.
//!
//! The object hands out a *lease* and never calls X (see [`account`](crate::domain::account)). Whoever holds the lease exchanges
//! the refresh token in work that outlives its client, seals what X answers, and commits it. While the old access token is good,
//! nobody waits for that.

mod app;
mod copy;
mod endpoint;
mod escrow;
mod lasting;
mod loss;
mod proof;
mod refresh;
mod seal;

use secrecy::SecretString;

use super::{Context, copies::Recalled};
use crate::{
    crashpoints::crashpoint,
    domain::{
        Timestamp,
        account::{Account, Ask, BusyCause, Command, Reply},
        fault::{Code, Fault},
        ids::AccountId,
    },
    ports::{EntropyExt, ObjectsExt, Unavailable},
};

pub use app::{RememberedApp, app_credential};
pub use copy::{Remembered, drop_copies, publish};
pub use endpoint::{exchange_code, revoke};
pub use lasting::lasting;
pub use proof::{Unproven, worked};
pub use seal::{Place, open, seal};

/// A lease that brought nothing, a look that found nothing, a commit that came too late: after each the object is asked again. So
/// often at most; whoever has no token then is told to come back.
const MOST_QUESTIONS: usize = 6;

/// What a request to X is sent with.
#[derive(Clone)]
pub enum Credential {
    /// An OAuth 2.0 access token.
    Bearer {
        /// The token.
        token: SecretString,
        /// Which refresh it came from; named when X rejects it.
        generation: u64,
        /// The first moment at which it is no longer good; nothing for the app's own, which does not end.
        expires_at: Option<Timestamp>,
    },
    /// An OAuth 1.0a token and secret to sign with.
    Sign {
        /// The token.
        token: SecretString,
        /// Its secret.
        secret: SecretString,
        /// Which connection it came from; named when X rejects it.
        generation: u64,
    },
}

impl Credential {
    /// Which generation it came from.
    pub const fn generation(&self) -> u64 {
        match self {
            Self::Bearer { generation, .. } | Self::Sign { generation, .. } => *generation,
        }
    }
}

/// A credential for `account`. `rejected` names the generation that X has just refused, if that is why one is asked for.
///
/// # Errors
/// When the account cannot act now: paused, to be connected anew, refreshing without end.
pub async fn credential(context: &Context, account: &AccountId, rejected: Option<u64>) -> Result<Credential, Fault> {
    if rejected.is_some() {
        return ask(context, account, rejected).await;
    }
    match copy::remembered(context, account) {
        Recalled::Fresh(credential) => Ok(credential),
        Recalled::Ageing(credential) => {
            renew_beside(context, account);
            Ok(credential)
        }
        Recalled::Nothing => without_memory(context, account).await,
    }
}

async fn without_memory(context: &Context, account: &AccountId) -> Result<Credential, Fault> {
    match copy::in_kv(context, account).await {
        Some(credential) => Ok(credential),
        None => ask(context, account, None).await,
    }
}

fn renew_beside(context: &Context, account: &AccountId) {
    let (worker, account) = (context.beside(), account.clone());
    let renew = async move {
        // Whoever needs it next finds out what is wrong.
        let _ = without_memory(&worker, &account).await;
    };
    context.ports.background.spawn(Box::pin(renew));
}

/// Asks the account's object, which may have the token refreshed, until it gives one or says why not.
async fn ask(context: &Context, account: &AccountId, rejected: Option<u64>) -> Result<Credential, Fault> {
    for _ in 0..MOST_QUESTIONS {
        let lease_id = context.ports.entropy.bytes::<16>().map_err(|e| out_of_reach(&e))?;
        let lease_id = hex::encode(lease_id);
        let ask = Ask { rejected_generation: rejected, lease_id, terms: context.config.refresh };
        let latest = context.now().plus_ms(refresh::act_within_ms(ask.terms));
        crashpoint!(context, "refresh.before-lease", account.as_str());
        let reply = context.objects().ask::<Account>(account.as_str(), &Command::Token(ask)).await;
        if let Some(credential) = follow(context, account, reply.map_err(|e| out_of_reach(&e))?, latest).await? {
            return Ok(credential);
        }
    }
    Err(busy(BusyCause::Refreshing).with_retry_after(1))
}

/// Does what the object says; under a lease only until `latest`. Answers nothing if it must be asked again.
async fn follow(
    context: &Context,
    account: &AccountId,
    reply: Reply,
    latest: Timestamp,
) -> Result<Option<Credential>, Fault> {
    let access = match reply {
        Reply::Fresh(access) => access,
        Reply::Sign(token) => return copy::keep_user_token(context, account, &token).await.map(Some),
        Reply::Leased(lease) => match lease.access.clone() {
            Some(access) => {
                refresh::beside(context, account, lease, latest);
                access
            }
            None => return refresh::run(context, account, lease, latest).await,
        },
        Reply::LookInEscrow { leases, access: Some(access) } => {
            escrow::recover_beside(context, account, leases);
            access
        }
        Reply::LookInEscrow { leases, access: None } => {
            escrow::recover(context, account, &leases).await.map_err(|e| out_of_reach(&e))?;
            return Ok(None);
        }
        refusal => {
            loss::announce(context, account, &refusal);
            return Err(refused(&refusal));
        }
    };
    copy::keep_access(context, account, &access).await.map(Some)
}

/// Why the account's object gave no credential.
fn refused(reply: &Reply) -> Fault {
    match reply {
        Reply::Busy { retry_after_ms, cause } => busy(*cause).with_retry_after(retry_after_ms.div_ceil(1000)),
        Reply::Paused => Fault::new(Code::AccountPaused, "The account is paused; PATCH /v1/accounts/{id} resumes it."),
        Reply::NeedsReauth { .. } => {
            Fault::new(Code::AccountNeedsReconnect, "X no longer takes this account's tokens; connect it anew.")
        }
        Reply::NoRefresh => {
            let detail =
                "The access token has ended and X gave none to renew it with; connect anew with offline.access.";
            Fault::new(Code::AccountNeedsReconnect, detail)
        }
        Reply::NotConnected => Fault::new(Code::AccountNotFound, "No such account is connected."),
        _ => Fault::internal(),
    }
}

fn busy(cause: BusyCause) -> Fault {
    match cause {
        BusyCause::Refreshing | BusyCause::RefreshFailing => {
            Fault::new(Code::XUnavailable, "The account's token is being renewed, which takes X long.")
        }
        BusyCause::OutcomeUnknown => Fault::new(
            Code::XUnavailable,
            "The account's token may have been renewed without reaching perch; what X gave for it is looked for.",
        ),
        BusyCause::Misconfigured => Fault::new(Code::XMisconfigured, "X does not accept perch's client credentials."),
    }
}

fn out_of_reach(_: &Unavailable) -> Fault {
    Fault::new(Code::Unavailable, "The account's tokens cannot be reached at the moment.").with_retry_after(2)
}
