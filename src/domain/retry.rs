//! What may be tried again at X, and what must never be.
//!
//! | X answered | read, or the same twice is the same as once | creation |
//! | --- | --- | --- |
//! | 429 | after the reset, if the client waits that long | the same: it was refused before it ran |
//! | 401 | refresh the token once, repeat once | the same |
//! | any other 4xx, or 200 with `errors` | no | no; but "duplicate" after an unknown attempt: find out |
//! | 5xx, reset, timeout | twice at most, within the budget | never: find out whether it happened |
//! | nothing was sent | twice at most, within the budget | the same |
//!
//! X keeps no idempotency key, so a creation repeated blindly is a second tweet.

mod budget;

use serde::{Deserialize, Serialize};

pub use budget::Budget;

use super::{
    Timestamp,
    backoff::{self, Deadline},
};

/// How often a failed call is repeated.
const REPEATS: u32 = 2;
/// When X refuses for its rate without saying until when: one of its windows.
const DEFAULT_WINDOW_MS: u64 = 900_000;

/// What an endpoint does, and so whether it may be done twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    Read,
    /// Twice is the same as once: likes, retweets, bookmarks, deletions.
    Set,
    /// Each time another one: tweets.
    Create,
}

/// How an attempt went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setback {
    /// 429.
    RateLimited {
        /// When X's window resets, if it said so.
        reset_at: Option<Timestamp>,
    },
    /// 401: the access token is no longer good.
    Unauthorized,
    /// 403, because the same text was posted before.
    Duplicate,
    /// 404 to a deletion.
    Gone,
    /// Any other 4xx, or a 200 that lists `errors`: X understood, and will not.
    Refused,
    /// 500, 502, 503 or 504.
    ServerError,
    /// The connection broke, or no answer came in time.
    Lost,
    /// The request never left.
    NotSent,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Tell the client.
    Never(Because),
    /// Try again after so many milliseconds.
    After(u64),
    /// Get another token, naming the rejected generation, and try again at once.
    Refresh,
    /// It may have happened: find out, or show it as unconfirmed.
    Reconcile,
    /// An earlier attempt has done it.
    Settled,
}

/// Why it is not tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// The same request would be answered the same.
    Final,
    /// It was tried often enough.
    Attempts,
    /// Too many retries lately in this endpoint group.
    Budget,
    /// The client would not wait for it.
    Deadline,
}

/// What has been tried so far for one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Repeats after a failure.
    repeated: u32,
    /// The last wait between them.
    waited_ms: u64,
    /// Whether the token was refreshed on the way.
    refreshed: bool,
    /// Whether an attempt ended without telling what it did.
    unknown: bool,
}

impl Attempts {
    /// Decides what follows `setback`, and counts it. `random` is uniform; `budget` is that of the endpoint group.
    pub fn decide(
        &mut self,
        effect: Effect,
        setback: Setback,
        budget: &mut Budget,
        deadline: Deadline,
        now: Timestamp,
        random: u64,
    ) -> Retry {
        match setback {
            Setback::RateLimited { .. } if self.repeated >= REPEATS => Retry::Never(Because::Attempts),
            Setback::RateLimited { reset_at } => {
                self.repeated += 1;
                // A reset in the past is no leave to hammer.
                let shortest_ms = backoff::wait_ms(self.waited_ms, random);
                let wait_ms = reset_at.map_or(DEFAULT_WINDOW_MS, |reset| reset.ms_since(now).max(shortest_ms));
                within(deadline, now, Retry::After(wait_ms))
            }
            Setback::Unauthorized if self.refreshed => Retry::Never(Because::Final),
            Setback::Unauthorized => {
                self.refreshed = true;
                within(deadline, now, Retry::Refresh)
            }
            Setback::Duplicate if effect == Effect::Create && self.unknown => Retry::Reconcile,
            Setback::Gone if effect == Effect::Set && self.unknown => Retry::Settled,
            Setback::Duplicate | Setback::Gone | Setback::Refused => Retry::Never(Because::Final),
            Setback::ServerError | Setback::Lost => {
                self.unknown = true;
                if effect == Effect::Create { Retry::Reconcile } else { self.repeat(budget, deadline, now, random) }
            }
            Setback::NotSent => self.repeat(budget, deadline, now, random),
        }
    }

    fn repeat(&mut self, budget: &mut Budget, deadline: Deadline, now: Timestamp, random: u64) -> Retry {
        if self.repeated >= REPEATS {
            return Retry::Never(Because::Attempts);
        }
        let wait_ms = backoff::wait_ms(self.waited_ms, random);
        let retry = within(deadline, now, Retry::After(wait_ms));
        if retry == Retry::After(wait_ms) && !budget.withdraw(now) {
            return Retry::Never(Because::Budget);
        }
        self.repeated += 1;
        self.waited_ms = wait_ms;
        retry
    }
}

/// `retry`, if the client still waits when it begins.
const fn within(deadline: Deadline, now: Timestamp, retry: Retry) -> Retry {
    let wait_ms = if let Retry::After(wait_ms) = retry { wait_ms } else { 0 };
    if deadline.allows(wait_ms, now) { retry } else { Retry::Never(Because::Deadline) }
}

#[cfg(test)]
mod tests;
