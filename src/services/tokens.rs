//! A credential for an account: from the isolate's memory, else KV's sealed copy, else the account's object, which alone decides
//! who may refresh.
//!
//! The object hands out a *lease* and never calls X (see [`account`](crate::domain::account)). Whoever holds the lease exchanges
//! the refresh token in work that outlives its client, seals what X answers, and commits it. While the old access token is good,
//! nobody waits for that.

mod copy;
mod refresh;
mod seal;

use oauth2::AccessToken;
use secrecy::SecretString;

use super::Context;
use crate::{
    domain::{
        account::{Access, Account, BusyCause, Command, Reply, UserToken},
        fault::{Code, Fault},
        ids::AccountId,
    },
    ports::{EntropyExt, ObjectsExt, Unavailable},
};

pub use copy::Remembered;
pub use refresh::{endpoint, revoke};
pub use seal::{Secrets, seal_pair, seal_user_token};

/// What a request to X is sent with.
pub enum Credential {
    /// An OAuth 2.0 access token, and the generation it came from.
    Bearer {
        /// The token.
        token: SecretString,
        /// Named when X rejects it.
        generation: u64,
    },
    /// An OAuth 1.0a token and secret to sign with.
    Sign {
        /// The token.
        token: SecretString,
        /// Its secret.
        secret: SecretString,
        /// Named when X rejects it.
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
/// When the account cannot act: paused, to be connected anew, refreshing without end.
pub async fn credential(context: &Context, account: &AccountId, rejected: Option<u64>) -> Result<Credential, Fault> {
    if rejected.is_none()
        && let Some(credential) = copy::recall(context, account).await
    {
        return Ok(credential);
    }
    let lease_id: String = context.ports.entropy.bytes::<16>().map_err(|e| broken(context, &e))?.iter().map(|b| format!("{b:02x}")).collect();
    let command = Command::Token { rejected_generation: rejected, lease_id };
    let reply = context.ports.objects.ask::<Account>(account.as_str(), &command).await;
    match reply.map_err(|e| broken(context, &e))? {
        Reply::Fresh(access) => open_access(context, account, access).await,
        Reply::Sign(token) => open_user_token(context, account, &token),
        Reply::Leased(lease) => match lease.access.clone() {
            Some(access) => {
                refresh::begin(context, account, lease);
                open_access(context, account, access).await
            }
            None => refresh::run(context, account, lease).await,
        },
        refusal => Err(refused(refusal)),
    }
}
