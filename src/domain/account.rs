//! One X account: its tokens, and what is known of its rate windows.
//!
//! X's refresh tokens work once, so exactly one party may exchange one at a time. This object decides who: it hands the sealed
//! refresh token out under a *lease*, and takes back what X answered. It never calls X itself and never opens an envelope.
//!
//! ```text
//! fresh ──due, or rejected by X──▶ leased ──commit──▶ fresh (generation + 1)
//!                                  │  ├──transient, misconfigured──▶ fresh until expiry, then busy until the next try
//!                                  │  ├──silence──▶ unsettled: look in escrow; old token until its end; then leased once more
//!                                  │  └──X refuses──▶ another refresh token is left? ──▶ leased for that one
//!                                  │                  an exchange was silent? ──▶ searching: look in escrow ──▶ lost
//!                                  │                  neither ──▶ lost: needs a person
//!                                  └──commit that comes late──▶ taken at any time, also when lost, unless another holds the lease
//! ```
//!
//! - **Generation.** Counts the tokens this account has had, over re-connections and removals too, and never goes back. Every
//!   envelope is sealed under its generation. A commit while another holds the lease, or for a generation that has come already, is
//!   refused: that is the fence against a holder who was believed dead. What it brought is kept all the same, the newest four.
//! - **While another holds the lease** an asker gets the old access token as long as that lives. Only when it does not is the
//!   asker parked, and only until the lease is 10 s old; then it is told to come back. A failed lease always starts a back-off,
//!   so nobody waits for two leases in a row.
//! - **Silence is not death.** A holder that never reports may have spent the refresh token, and may have left what X gave for it in
//!   escrow. So nobody sends that token again before escrow has been looked into, and not while the old access token is good. If X
//!   then refuses it, escrow is looked through for 90 s more, because KV may have cached that it had nothing.
//! - **At most one spent token is ever sent, and only after an exchange that ended unclear.** When X has refused the refresh token in force, what is tried
//!   next has been sent by nobody: tokens that came late, or out of escrow. The token that was exchanged for the one in force is kept
//!   until the access token that came with that has worked once. It is tried, once, only if X has rejected that access token and then
//!   refused a refresh token that was surely unspent: X cannot have exchanged either, so what it answered was rolled back.
//! - **Only X's own refusal of the grant disconnects.** Not a network error, not a 5xx, not our own wrong client credentials.
//! - **A loss is told once.** One asker is asked to tell it, and another only if that one is not heard of for half a minute.

mod command;
mod escrow;
mod grant;
mod health;
mod loss;
mod planning;
mod record;
mod refresh;
mod settle;
mod spares;
mod terms;
mod token;
mod writes;

use serde::{Deserialize, Serialize};

pub use command::{Ask, Command, Commit, Connection, FailureClass, Reply};
pub use grant::{Access, BusyCause, Grant, Lease, RENEW_AHEAD_MS, ReauthReason, Renewed, TokenPair, UserToken};
pub use health::{Health, LastError, TokenState};
pub use planning::{Planned, Planning};
pub use record::{AccountKind, AccountRecord};
pub use terms::Terms;
pub use writes::{Begin, Errand, Glance, Manner, Page, WriteCommand, WriteReply};

use super::{
    Timestamp,
    machine::{Machine, Object, Records, Step},
    planner::Planner,
};
use grant::Connected;
use refresh::Refresh;
use writes::Desk;

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
    #[serde(default)]
    desk: Desk,
}

impl Machine for Account {
    type Command = Command;
    type Reply = Reply;
    const OBJECT: Object = Object::Account;

    fn step(&mut self, command: Command, now: Timestamp) -> Step<Reply> {
        match command {
            Command::Connect(connection) => self.connect(*connection, now),
            Command::Token(ask) => self.token(&ask, now),
            Command::Looked => self.looked(now),
            Command::Commit(commit) => self.commit(*commit, now),
            Command::RefreshFailed { lease_id, class, reason } => self.refresh_failed(&lease_id, class, &reason, now),
            Command::Worked { generation } => self.worked(generation),
            Command::Announced { generation } => self.announced(generation),
            Command::Learn { windows } => self.learn(windows, now),
            Command::Plan(planning) => self.plan(planning, now),
            Command::Windows => Step::reply(Reply::Windows(self.planner.windows(now))),
            Command::Health => Step::reply(Reply::Health(Box::new(self.health(now)))),
            Command::SetPaused { paused } => self.set_paused(paused),
            Command::Forget => self.forget(),
            Command::NoteError { code, at } => self.note_error(code, at),
            // Writes have rows, and are stepped over them.
            Command::Write(_) => Step::reply(Reply::Done),
        }
    }

    fn step_over(&mut self, records: &mut dyn Records, command: Command, now: Timestamp) -> Step<Reply> {
        match command {
            Command::Write(command) => self.write(records, *command, now),
            command => {
                if matches!(command, Command::Forget) {
                    self.cancel_waiting(records, now);
                }
                self.step(command, now)
            }
        }
    }

    fn wakes_at(&self, records: &dyn Records) -> Option<Timestamp> {
        self.writes_wake_at(records)
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
        self.connected = Some(Connected::new(connection.user, connection.grant, self.generation, now));
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
