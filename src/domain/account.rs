//! One X account: its tokens, and what is known of its rate windows.
//!
//! X's refresh tokens work once, so exactly one party may exchange one at a time. This object decides who: it hands the sealed
//! refresh token out under a *lease*, and takes back what X answered. It never calls X itself and never opens an envelope.
//!
//! ```text
//! fresh ──due, or rejected by X──▶ leased ──commit──▶ fresh (generation + 1)
//!                                  │  ├──transient, misconfigured──▶ fresh until expiry, then busy until the next try
//!                                  │  └──grant dead──▶ needs re-authorization
//!                                  └──silence for 30 s──▶ unknown: the next asker who needs it may lease again
//! ```
//!
//! - **Generation.** Counts the tokens this account has had, over re-connections and removals too, and never goes back. Every
//!   envelope is sealed under its generation. A commit under any other lease, or for any other generation than the next, is
//!   refused: that is the fence against a holder who was believed dead.
//! - **While another holds the lease** an asker gets the old access token as long as that lives. Only when it does not is the
//!   asker parked, and only until the lease is 10 s old; then it is told to come back. A failed lease always starts a back-off,
//!   so nobody waits for two leases in a row.
//! - **Silence is not death.** A holder that never reports may have spent the refresh token. The old access token is used up
//!   first; then the old refresh token is tried. If X refuses it, and a late commit has come in meanwhile, that is what the
//!   lost exchange brought: it is taken. Otherwise the account needs re-authorization, because the outcome is unknown.
//! - **Only X's own refusal of the grant disconnects.** Not a network error, not a 5xx, not our own wrong client credentials.

mod command;
mod grant;
mod health;
mod planning;
mod record;
mod refresh;
mod token;

use serde::{Deserialize, Serialize};

pub use command::{Command, Commit, Connection, FailureClass, Reply};
pub use grant::{Access, BusyCause, Grant, Lease, ReauthReason, Renewed, TokenPair, UserToken};
pub use health::{Health, LastError, TokenState};
pub use planning::{Planned, Planning};
pub use record::{AccountKind, AccountRecord};

use super::{
    Timestamp,
    machine::{Machine, Object, Step},
    planner::Planner,
};
use grant::Connected;
use refresh::Refresh;

/// The state of one X account. See the module's page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Account {
    connected: Option<Connected>,
    generation: u64,
    refresh: Refresh,
    paused: bool,
    #[serde(default)]
    planner: Planner,
    last_error: Option<LastError>,
}

impl Machine for Account {
    type Command = Command;
    type Reply = Reply;
    const OBJECT: Object = Object::Account;

    fn step(&mut self, command: Command, now: Timestamp) -> Step<Reply> {
        match command {
            Command::Connect(connection) => self.connect(*connection, now),
            Command::Token { rejected_generation, lease_id } => self.token(rejected_generation, lease_id, now),
            Command::Commit(commit) => self.commit(*commit, now),
            Command::RefreshFailed { lease_id, class, reason } => self.refresh_failed(&lease_id, class, &reason, now),
            Command::Learn { windows } => self.learn(windows, now),
            Command::Plan(planning) => self.plan(planning, now),
            Command::Windows => Step::reply(Reply::Windows(self.planner.windows(now))),
            Command::Health => Step::reply(Reply::Health(Box::new(self.health(now)))),
            Command::SetPaused { paused } => self.set_paused(paused),
            Command::Forget => self.forget(),
            Command::NoteError { code, at } => self.note_error(code, at),
        }
    }
}

impl Account {
    /// A connection never re-points an account at another X user, and never overwrites a newer generation.
    fn connect(&mut self, connection: Connection, now: Timestamp) -> Step<Reply> {
        if self.connected.as_ref().is_some_and(|connected| connected.user != connection.user) {
            return Step::reply(Reply::OtherUser);
        }
        if connection.generation != self.generation.saturating_add(1) {
            return Step::reply(Reply::Stale { generation: self.generation });
        }
        self.generation = connection.generation;
        self.connected = Some(Connected::new(connection.user, connection.grant, now));
        self.refresh = Refresh::default();
        self.last_error = None;
        Step::store(Reply::Connected { generation: self.generation })
    }

    fn set_paused(&mut self, paused: bool) -> Step<Reply> {
        let store = self.paused != paused;
        self.paused = paused;
        Step { reply: Some(Reply::Done), store }
    }

    /// Everything goes but the generation: an envelope of the old connection must never be taken for one of the next.
    fn forget(&mut self) -> Step<Reply> {
        let generation = self.generation;
        let connected = std::mem::replace(self, Self { generation, ..Self::default() }).connected;
        let held = connected
            .map(|connected| Box::new(Connection { user: connected.user, generation, grant: connected.grant }));
        Step::store(Reply::Forgotten(held))
    }

    /// Stored when the kind of trouble changes, not each time it repeats.
    fn note_error(&mut self, code: String, at: Timestamp) -> Step<Reply> {
        let store = self.last_error.as_ref().is_none_or(|last| last.code != code);
        self.last_error = Some(LastError { code, at });
        Step { reply: Some(Reply::Done), store }
    }
}

#[cfg(test)]
mod tests;
