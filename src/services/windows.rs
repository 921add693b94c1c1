//! X's rate windows: a call goes only where they have room.
//!
//! - **Reads** are decided by the isolate's own copy of the account's planner and wait for nothing. It counts what the isolate sends,
//!   hears of the rest with every answer of X, and shares what it has heard with the account's object beside the answers, at most
//!   once a second for each window; in return it is told what other isolates have heard. So `n` isolates that each send `r` reads a
//!   second may together exceed a window by what the others send in the second before they hear of it: `(n - 1) · r` and what is under way,
//!   once per window. X then answers 429, and the endpoint is paused for all.
//! - **Writes that may be repeated** are counted by the object itself before they are sent, so no number of isolates exceeds a window.
//! - **Creations** are counted where they are executed. Here they are only refused where X has said that nothing is left.
//!
//! What waits for a window by its client's wish (`Prefer: wait`) goes in the order of its lanes, within an isolate.

mod learn;
mod object;
mod refusal;
mod seat;
mod show;
mod turn;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::Context;
use crate::{
    domain::{
        Timestamp,
        ids::AccountId,
        planner::{Admission, Ask, NotBefore, Planner, Waiting},
        retry::Effect,
    },
    x::operation::Operation,
};
use turn::Turn;

pub use learn::{learn, pause};
pub use object::lease;
pub use refusal::{Refusal, wait_s};
pub use seat::Seat;
pub use show::{Known, all, known, learned};

/// How many accounts' windows an isolate keeps.
const MOST: usize = 1000;
/// How long a call waits unasked, in ms: a window that X says is over may not be so yet by X's clock.
const UNASKED_MS: u64 = 1000;

/// The windows an isolate has seen.
#[derive(Default)]
pub struct Remembered(Mutex<BTreeMap<AccountId, Seen>>);

#[derive(Default)]
struct Seen {
    planner: Planner,
    waiting: Vec<Waiting>,
    told: BTreeMap<String, Timestamp>,
}

impl Remembered {
    fn with<T>(&self, account: &AccountId, work: impl FnOnce(&mut Seen) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(account) {
            all.clear();
        }
        work(all.entry(account.clone()).or_default())
    }
}

/// Lets a call of `operation` go, or not; if its client has said so, after waiting for the window. The seat it gets is given back
/// unless the call is [sent](Seat::sent).
///
/// # Errors
/// See [`Refusal`].
pub async fn admit(context: &Context, owner: &AccountId, operation: &Operation) -> Result<Seat, Refusal> {
    let ask = ask_of(context, owner, operation);
    let patience = patience(context);
    let mut turn = None;
    loop {
        match try_once(context, owner, operation, &ask).await {
            Ok(()) => return Ok(Seat::taken(context, owner, operation.effect, ask)),
            Err(Refusal::Shut(shut)) if shut.until <= patience.of(&shut, context.now()) => {
                turn = turn.or_else(|| Turn::join(context, owner, &ask));
                let Some(turn) = &turn else { return Err(Refusal::Shut(shut)) };
                context.ports.timer.sleep(shut.until.ms_since(context.now())).await;
                turn.come(context, patience.asked).await;
            }
            Err(refusal) => return Err(refusal),
        }
    }
}

async fn try_once(context: &Context, owner: &AccountId, operation: &Operation, ask: &Ask) -> Result<(), Refusal> {
    let now = context.now();
    let seen = context.memory.windows.with(owner, |seen| match operation.effect {
        Effect::Read => shut(seen.planner.admit(ask, now)),
        Effect::Set | Effect::Create => seen.planner.known_shut(operation.name, now),
    });
    match seen {
        Some(refusal) => Err(Refusal::Shut(Box::new(refusal))),
        None if operation.effect == Effect::Set => object::admit(context, owner, ask).await,
        None => Ok(()),
    }
}

fn shut(admission: Admission) -> Option<NotBefore> {
    match admission {
        Admission::NotBefore { until, window, pause } => Some(NotBefore { until, window, pause }),
        // A read asks for no lease: see `ask_of`.
        Admission::Go | Admission::AppLease { .. } => None,
    }
}

/// What a call of `operation` would spend. Windows that all accounts share are leased for writes alone: a read would have to wait for
/// the lease, and X publishes hardly any for reads.
pub(super) fn ask_of(context: &Context, owner: &AccountId, operation: &Operation) -> Ask {
    let is_app = *owner == AccountId::app();
    let shares = !is_app && !operation.auth.app() && operation.effect != Effect::Read;
    Ask {
        operation: operation.name.to_owned(),
        limits: if is_app { operation.app_limits } else { operation.limits }.to_vec(),
        app_limits: if shares { operation.app_limits.to_vec() } else { Vec::new() },
        lane: context.call.preference.lane,
        application: context.call.facts().kid.map(|kid| kid.as_str().to_owned()).unwrap_or_default(),
    }
}

/// Until when a call may wait.
#[derive(Clone, Copy)]
struct Patience {
    asked: Timestamp,
    unasked: Timestamp,
}

impl Patience {
    /// For a window that only the clocks keep shut, everybody waits.
    fn of(self, shut: &NotBefore, now: Timestamp) -> Timestamp {
        let over = shut.pause.is_none() && shut.window.reset_at.is_none_or(|reset| reset <= now);
        if over { self.asked.max(self.unasked) } else { self.asked }
    }
}

/// Until when a write may wait, if its client wants that.
pub(super) fn may_wait_until(context: &Context) -> Option<Timestamp> {
    context.call.preference.wait_ms.map(|_| patience(context).asked)
}

/// As long as the client says, but not so long that no time is left for the call.
fn patience(context: &Context) -> Patience {
    let now = context.now();
    let most = |wait_ms: u64| {
        let spare = context.call.deadline.left_ms(now).saturating_sub(LEAST_FOR_CALL_MS);
        now.plus_ms(wait_ms.min(spare))
    };
    let wait_ms = context.call.preference.wait_ms;
    context.call.note(|facts| facts.waits_s = wait_ms.map(|ms| ms / 1000));
    Patience { asked: most(wait_ms.unwrap_or(0)), unasked: most(UNASKED_MS) }
}

/// What is left of the client's time for the call itself, in ms.
const LEAST_FOR_CALL_MS: u64 = 1000;
