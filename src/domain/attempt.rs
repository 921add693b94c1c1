//! One attempt at connecting an X account: from the moment a client application asks for it until the account is handed over.
//!
//! The object is named by the attempt's `state`, which perch made, so whoever cannot name a `state` reaches nobody's attempt.
//!
//! ```text
//! begin ──▶ open ──bind──▶ bound to one browser ──take──▶ taken ──finish──▶ connected ──redeem──▶ closed
//!                                               └─deny──▶ closed
//! ```
//!
//! - **Bound.** PKCE does not keep a victim from completing an attacker's attempt, because perch and not the browser holds the
//!   verifier. The first browser that opens the attempt gets a cookie; only that browser may bring X's answer.
//! - **Taken once.** X's code and the verifier are worth something once. A second callback, an unknown one and one from another
//!   browser are refused alike ([`Reply::Refused`]): the answer tells nothing.
//! - **Redeemed.** A connection reaches the client application only when its server brings the one-time connect code, with the
//!   key that began the attempt (RFC 9700 section 4.7).
//!
//! An attempt lives ten minutes, a connect code sixty seconds. Nothing refused ever uses an attempt up.

use serde::{Deserialize, Serialize};

use super::{
    Digest, Sealed, Timestamp,
    api_key::KeyId,
    ids::AccountId,
    machine::{Machine, Object, Step},
};

/// How long an attempt may take, from its beginning to X's answer.
pub const TIME_TO_LIVE_MS: u64 = 600_000;
/// How long a connect code is good.
pub const CONNECT_CODE_MS: u64 = 60_000;

/// What was settled when the attempt began.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Beginning {
    /// The key that began it, and the only one that may redeem it.
    pub key_id: KeyId,
    /// The PKCE verifier (RFC 7636), sealed.
    pub sealed_verifier: Sealed,
    /// The scopes to ask X for.
    pub scopes: Vec<String>,
    /// Where the browser goes afterwards, one of the key's own; nothing for a person at a terminal, who is shown a page.
    pub return_uri: Option<String>,
    /// The client application's own `state`, given back to it with the connect code.
    pub client_state: Option<String>,
    /// The account to be connected again, if it is not a new one.
    pub account_expected: Option<AccountId>,
    /// The caller's own name for the account.
    #[serde(default)]
    pub label: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
}

/// What callers ask of an attempt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Begin. A `state` begins once.
    Begin(Box<Beginning>),
    /// A browser has opened the attempt: bind it to the cookie it was given.
    Bind {
        /// The hash of the cookie.
        cookie_hash: Digest,
    },
    /// X's answer has come: give me what is needed to use its code, once.
    Take {
        /// The hash of the cookie the browser brought.
        cookie_hash: Digest,
    },
    /// X's answer was a refusal (`access_denied`): the attempt is over.
    Deny {
        /// The hash of the cookie the browser brought.
        cookie_hash: Digest,
    },
    /// The account is connected.
    Finish {
        /// Which.
        account_id: AccountId,
        /// The hash of the connect code the browser takes along; nothing where the attempt has no return address.
        connect_code_hash: Option<Digest>,
    },
    /// The client application's server brings the connect code.
    Redeem {
        /// The hash of it.
        connect_code_hash: Digest,
        /// The key it was brought with.
        key_id: KeyId,
    },
}

/// What an attempt answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reply {
    /// To `Begin`.
    Begun,
    /// To `Bind`: this browser may go on to X.
    Bound(Box<Beginning>),
    /// To `Take`: use X's code now. Nobody else will be told.
    Taken(Box<Beginning>),
    /// To `Deny`: where to send the browser with the bad news.
    Denied(Box<Beginning>),
    /// To `Finish`.
    Finished,
    /// To `Redeem`: the account is the key's now.
    Redeemed {
        /// Which.
        account_id: AccountId,
    },
    /// No. Unknown, over, used, foreign: it is not said which.
    Refused,
}

/// The state of one attempt. See the module's page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Attempt {
    stage: Stage,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
enum Stage {
    #[default]
    Unknown,
    Open(Box<Beginning>),
    Bound(Box<Beginning>, Digest),
    /// X's code is being exchanged. Of the beginning only this is still needed.
    Taken {
        key_id: KeyId,
        until: Timestamp,
    },
    Connected {
        account_id: AccountId,
        key_id: KeyId,
        connect_code_hash: Digest,
        until: Timestamp,
    },
    Closed,
}

impl Stage {
    /// When this stage is over by itself.
    fn ends_at(&self) -> Option<Timestamp> {
        match self {
            Self::Unknown | Self::Closed => None,
            Self::Open(beginning) | Self::Bound(beginning, _) => Some(beginning.created_at.plus_ms(TIME_TO_LIVE_MS)),
            Self::Taken { until, .. } | Self::Connected { until, .. } => Some(*until),
        }
    }
}

impl Machine for Attempt {
    type Command = Command;
    type Reply = Reply;
    const OBJECT: Object = Object::Attempt;
    /// The attempt's own time and the connect code's, and a margin.
    const LIFETIME_MS: Option<u64> = Some(TIME_TO_LIVE_MS + CONNECT_CODE_MS + 60_000);

    fn step(&mut self, command: Command, now: Timestamp) -> Step<Reply> {
        if self.stage.ends_at().is_some_and(|end| now >= end) {
            self.stage = Stage::Closed;
            return Step::store(Reply::Refused);
        }
        let (stage, reply) = match (std::mem::take(&mut self.stage), command) {
            (Stage::Unknown, Command::Begin(beginning)) => begin(beginning, now),
            (Stage::Open(beginning), Command::Bind { cookie_hash }) => {
                (Stage::Bound(beginning.clone(), cookie_hash), Reply::Bound(beginning))
            }
            (Stage::Bound(beginning, owner), Command::Bind { cookie_hash }) if owner.matches(&cookie_hash) => {
                self.stage = Stage::Bound(beginning.clone(), owner);
                return Step::reply(Reply::Bound(beginning));
            }
            (Stage::Bound(beginning, owner), Command::Take { cookie_hash }) if owner.matches(&cookie_hash) => {
                let until = beginning.created_at.plus_ms(TIME_TO_LIVE_MS);
                (Stage::Taken { key_id: beginning.key_id.clone(), until }, Reply::Taken(beginning))
            }
            (Stage::Bound(beginning, owner), Command::Deny { cookie_hash }) if owner.matches(&cookie_hash) => {
                (Stage::Closed, Reply::Denied(beginning))
            }
            (Stage::Taken { key_id, .. }, Command::Finish { account_id, connect_code_hash }) => {
                (finish(account_id, key_id, connect_code_hash, now), Reply::Finished)
            }
            (
                Stage::Connected { account_id, key_id: owner, connect_code_hash: expected, .. },
                Command::Redeem { connect_code_hash, key_id },
            ) if owner == key_id && expected.matches(&connect_code_hash) => {
                (Stage::Closed, Reply::Redeemed { account_id })
            }
            (stage, _) => {
                self.stage = stage;
                return Step::reply(Reply::Refused);
            }
        };
        self.stage = stage;
        Step::store(reply)
    }
}

/// A beginning from the future would live too long: the attempt counts from this clock then.
fn begin(mut beginning: Box<Beginning>, now: Timestamp) -> (Stage, Reply) {
    beginning.created_at = beginning.created_at.min(now);
    (Stage::Open(beginning), Reply::Begun)
}

fn finish(account_id: AccountId, key_id: KeyId, code: Option<Digest>, now: Timestamp) -> Stage {
    match code {
        Some(connect_code_hash) => {
            let until = now.plus_ms(CONNECT_CODE_MS);
            Stage::Connected { account_id, key_id, connect_code_hash, until }
        }
        None => Stage::Closed,
    }
}

#[cfg(test)]
mod tests;
