//! What an API key may still do: an exact limiter, one object per key.
//!
//! - **Exact.** Never more than a policy's quota in *any* window of its length, not only in those that begin on the minute. A
//!   window is counted in sixty buckets, and a bucket counts until all of it has left the window: the limiter may admit up to
//!   one bucket's time late (1 s of a minute, 24 min of a day), never early.
//! - **Leased.** An isolate asks for a handful of permits at once and spends them within a second, so that a busy key is not
//!   one call of this object per request. Small limits are handed out one by one. A permit of a handful may be spent up to a
//!   second after it was counted, so handfuls are counted a second longer. Unspent ones come back with the next request.
//! - **Versioned.** The object knows the newest version of the key's record. An isolate with an older copy gets no permits
//!   until it has loaded the newest; permits end after a second; so a key that is revoked stops within a second.
//! - **Cheap to keep.** Counts are stored only once more than a second's budget has moved (of the fastest policy), and with a
//!   change of version. After a crash a key may therefore be admitted at most quota / window x 1 s, but at least one request,
//!   beyond its quota: 2 of 100 a minute.

pub mod headers;
mod permits;
mod policy;
mod sliding_window;

use serde::{Deserialize, Serialize};

pub use permits::Permits;
pub use policy::{Policy, PolicyName};

use super::{
    Timestamp,
    machine::{Machine, Object, Step},
};
use sliding_window::SlidingWindow;

/// How long an isolate may spend a permit, from the moment it asked.
pub const PERMIT_LIFE_MS: u64 = 1_000;
/// The largest handful.
pub const LARGEST_HANDFUL: u32 = 64;

/// What is asked of an allowance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Permits, please.
    Take {
        /// How many at most, 1 to [`LARGEST_HANDFUL`]. Fewer may be granted.
        want: u32,
        /// Permits that ended unspent.
        returned: Vec<Unspent>,
        /// The version of the key's record the caller has.
        version_known: u32,
        /// The policies in it. All must admit; none means no limit.
        policies: Vec<Policy>,
    },
    /// The key's record has changed.
    Announce {
        /// Its new version.
        version: u32,
    },
}

/// What an allowance answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// To `Take`: admitted.
    Granted(Grant),
    /// To `Take`: not now.
    Refused {
        /// At this moment, and not before, one more is admitted, if nobody else takes it.
        retry_after_ms: u64,
        /// The policies that are used up.
        violated: Vec<PolicyName>,
        /// All policies.
        windows: Vec<WindowView>,
    },
    /// To `Take`: the caller's copy of the key is old. Load the newest from the truth, judge the key again, and ask again.
    Outdated {
        /// The newest version.
        version: u32,
    },
    /// To `Announce`.
    Noted,
}

/// Permits, and where the key stands after them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// How many.
    pub permits: u32,
    /// When, on the object's clock. Name it when handing some back.
    pub granted_at: Timestamp,
    /// Each policy.
    pub windows: Vec<WindowView>,
}

/// Permits that were granted and not spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unspent {
    /// How many.
    pub permits: u32,
    /// When they were granted, as the grant said.
    pub granted_at: Timestamp,
}

/// Where a key stands with one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowView {
    /// Which policy.
    pub name: PolicyName,
    /// Requests per window.
    pub quota: u32,
    /// The window, in seconds.
    pub window_s: u32,
    /// Requests left now.
    pub remaining: u32,
    /// Seconds until some of what is used comes back; 0 when nothing is used.
    pub reset_s: u32,
}

/// The state of one allowance. See the module's page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Allowance {
    version: u32,
    counts: Vec<Count>,
    /// Permits granted since the value was last stored.
    #[serde(skip)]
    unstored: u32,
}

/// What has been granted under one policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Count {
    policy: Policy,
    window: SlidingWindow,
}

impl Machine for Allowance {
    type Command = Command;
    type Reply = Reply;
    const OBJECT: Object = Object::Allowance;

    fn step(&mut self, command: Command, now: Timestamp) -> Step<Reply> {
        match command {
            Command::Announce { version } => Step { reply: Some(Reply::Noted), store: self.adopt(version) },
            Command::Take { version_known, .. } if version_known < self.version => {
                Step::reply(Reply::Outdated { version: self.version })
            }
            Command::Take { want, returned, version_known, policies } => {
                let newer = self.adopt(version_known);
                self.apply(&policies);
                self.give_back(&returned);
                let reply = self.take(want, now);
                let store = newer || self.is_worth_storing();
                self.unstored = if store { 0 } else { self.unstored };
                Step { reply: Some(reply), store }
            }
        }
    }
}

impl Allowance {
    /// A caller may know a newer version than the object, if an announcement was lost.
    fn adopt(&mut self, version: u32) -> bool {
        let newer = version > self.version;
        self.version = self.version.max(version);
        newer
    }

    /// Goes over to `policies`. What was counted under a policy's name stays counted when its quota changes.
    fn apply(&mut self, policies: &[Policy]) {
        let mut known = std::mem::take(&mut self.counts);
        let mut counted = |name| {
            let at = known.iter().position(|count| count.policy.name == name);
            at.map(|at| known.swap_remove(at).window).unwrap_or_default()
        };
        self.counts = policies.iter().map(|policy| Count { policy: *policy, window: counted(policy.name) }).collect();
    }

    fn give_back(&mut self, returned: &[Unspent]) {
        for unspent in returned {
            for count in &mut self.counts {
                count.window.give_back(*unspent, count.policy);
            }
        }
    }

    fn take(&mut self, want: u32, now: Timestamp) -> Reply {
        let handful = self.counts.iter().map(|count| count.policy.handful()).min().unwrap_or(LARGEST_HANDFUL);
        let room = self.counts.iter_mut().map(|count| count.window.remaining(count.policy, now)).min();
        let permits = want.clamp(1, handful).min(room.unwrap_or(u32::MAX));
        if permits == 0 {
            return self.refuse(now);
        }
        for count in &mut self.counts {
            count.window.add(permits, count.policy, now);
        }
        self.unstored = self.unstored.saturating_add(permits);
        Reply::Granted(Grant { permits, granted_at: now, windows: self.view(now) })
    }

    fn refuse(&self, now: Timestamp) -> Reply {
        let full = |count: &Count| count.window.full_until(count.policy, now).map(|until| (count.policy.name, until));
        let waits: Vec<_> = self.counts.iter().filter_map(full).collect();
        let until = waits.iter().map(|(_, until)| *until).max().unwrap_or(now);
        Reply::Refused {
            retry_after_ms: until.ms_since(now),
            violated: waits.into_iter().map(|(name, _)| name).collect(),
            windows: self.view(now),
        }
    }

    fn view(&self, now: Timestamp) -> Vec<WindowView> {
        self.counts.iter().map(|count| count.window.view(count.policy, now)).collect()
    }

    fn is_worth_storing(&self) -> bool {
        let budget = self.counts.iter().map(|count| count.policy.budget_of_a_second()).max();
        budget.is_some_and(|budget| self.unstored > budget)
    }
}

#[cfg(test)]
mod tests;
