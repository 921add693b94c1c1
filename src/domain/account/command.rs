//! What the object `Account` is asked, and what it answers.

use serde::{Deserialize, Serialize};

use super::{
    Access, BusyCause, Grant, Health, Lease, Planned, Planning, ReauthReason, Renewed, Terms, UserToken, WriteCommand,
    WriteReply,
};
use crate::domain::{
    Timestamp,
    ids::UserId,
    window::{LearnedWindow, Window},
};

/// What callers ask of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Keep these tokens: a first connection or a renewed one.
    Connect(Box<Connection>),
    /// Give me a token to call X with.
    Token(Ask),
    /// X has renewed the tokens.
    Commit(Box<Commit>),
    /// X has not renewed the tokens.
    RefreshFailed {
        /// The lease under which it was tried.
        lease_id: String,
        /// What follows from it.
        class: FailureClass,
        /// The token endpoint's error code, or ours for a failed call. No body, no secret.
        reason: String,
    },
    /// I have looked in escrow, as I was told to, and nothing was there.
    Looked,
    /// The access token of this generation has worked at X.
    Worked {
        /// The generation.
        generation: u64,
    },
    /// That the account was lost under this generation stands in the audit trail and in the log.
    Announced {
        /// The generation.
        generation: u64,
    },
    /// X's answer told of these windows.
    Learn {
        /// One per group of rate headers.
        windows: Vec<LearnedWindow>,
    },
    /// About calls, windows and pauses.
    Plan(Planning),
    /// Which windows are known?
    Windows,
    /// How is the account?
    Health,
    /// Stop or resume handing out tokens.
    SetPaused {
        /// The new state.
        paused: bool,
    },
    /// Remove the account: hand out what is held, for revocation at X, and keep nothing.
    Forget,
    /// A call for this account failed in a way its owner should see.
    NoteError {
        /// The fault's stable code.
        code: String,
        /// When it happened.
        at: Timestamp,
    },
    /// About a write.
    Write(Box<WriteCommand>),
}

/// What an asker for a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The generation X has just refused with 401, if that is why the caller asks.
    pub rejected_generation: Option<u64>,
    /// A fresh random name for the lease, should this caller get it. The same name asked again gets the same lease.
    pub lease_id: String,
    /// The protocol's times.
    #[serde(default)]
    pub terms: Terms,
}

/// Tokens from X, sealed under `generation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Whose tokens these are.
    pub user: UserId,
    /// The generation they are sealed under. Connecting takes the one after the newest; if that has moved meanwhile, the reply
    /// is [`Reply::Stale`] and the caller seals again.
    pub generation: u64,
    /// The tokens.
    pub grant: Grant,
}

/// What X answered to a refresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// The lease under which it was asked.
    pub lease_id: String,
    /// The generation the tokens are sealed under: the leased one plus one.
    pub generation: u64,
    /// The new tokens.
    pub renewed: Renewed,
}

/// What a failed refresh means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Network, timeout, 429, 5xx, a body that is no answer. Says nothing of the grant.
    Transient,
    /// X says the grant is no good (`invalid_grant`, and X's 400 `invalid_request`).
    GrantDead,
    /// X does not accept our client (`invalid_client`, `unauthorized_client`): the operator's matter, not the account's.
    Misconfigured,
}

/// What an account answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// To `Connect`: kept under this generation.
    Connected {
        /// The new generation.
        generation: u64,
    },
    /// To `Connect`: the account belongs to another X user. Revoke what was brought.
    OtherUser,
    /// Fenced off: another generation or lease is in force. To a `Connect`: seal under the next generation and ask again. To
    /// a `Commit` or `RefreshFailed`: ask for a token again; what was brought is kept if it can still be of use.
    Stale {
        /// The generation in force.
        generation: u64,
    },
    /// Use this access token.
    Fresh(Access),
    /// Sign with this OAuth 1.0a token.
    Sign(UserToken),
    /// You, and only you, exchange the refresh token now.
    Leased(Lease),
    /// Nothing usable now; ask again.
    Busy {
        /// Not before.
        retry_after_ms: u64,
        /// Why.
        cause: BusyCause,
    },
    /// A silent holder may have left tokens in escrow: look there, [`Command::Commit`] what is found or answer
    /// [`Command::Looked`], and ask again.
    LookInEscrow {
        /// The leases under which it may stand.
        leases: Vec<String>,
        /// The old access token while it is still good: the caller need not wait for the look.
        access: Option<Access>,
    },
    /// A person must connect the account again.
    NeedsReauth {
        /// Why.
        reason: ReauthReason,
        /// If this asker is the one to tell it: the generation that was lost. Answer [`Command::Announced`] when it is told.
        announce: Option<u64>,
    },
    /// The access token is spent and X gave no refresh token: a person must connect the account again, with `offline.access`.
    NoRefresh,
    /// Nobody has connected this account, or it was removed.
    NotConnected,
    /// The account is paused by its operator.
    Paused,
    /// To `Commit`: kept.
    Committed {
        /// The new generation.
        generation: u64,
    },
    /// To `Plan`.
    Plan(Box<Planned>),
    /// To `Windows`.
    Windows(Vec<Window>),
    /// To `Health`.
    Health(Box<Health>),
    /// To `Forget`: what was held.
    Forgotten(Option<Box<Connection>>),
    /// To `Write`.
    Write(Box<WriteReply>),
    /// Noted.
    Done,
}
