//! Whose turn it is among the calls of one isolate that wait for a window.

use crate::{
    domain::{
        Timestamp,
        ids::AccountId,
        planner::{Ask, Waiting},
    },
    services::Context,
};

/// How often a call looks whether others have gone before it, in ms.
const LOOK_MS: u64 = 20;
/// How often at most, after a window has opened: whoever does not move on by then is gone.
const LOOKS: u32 = 50;
/// How many calls of an account wait in an isolate; those beyond are refused at once.
const MOST: usize = 100;

/// A place among those that wait. It ends with its value, so that nobody waits for a client that has left.
pub(super) struct Turn {
    context: Context,
    owner: AccountId,
    id: String,
}

impl Turn {
    /// Stands in line, if that is not too long.
    pub(super) fn join(context: &Context, owner: &AccountId, ask: &Ask) -> Option<Self> {
        let id = context.call.request_id.clone();
        let waiting = Waiting { id: id.clone(), ask: ask.clone(), since: context.now() };
        let joined = context.memory.windows.with(owner, |seen| {
            let room = seen.waiting.len() < MOST;
            seen.waiting.extend(room.then_some(waiting));
            room
        });
        joined.then(|| Self { context: context.clone(), owner: owner.clone(), id })
    }

    /// Lets those go first who come first: those of higher lanes, of applications that have had less, who wait longer.
    pub(super) async fn come(&self, context: &Context, patience: Timestamp) {
        for _ in 0..LOOKS {
            let now = context.now();
            if now >= patience || self.is_next(now) {
                return;
            }
            context.ports.timer.sleep(LOOK_MS).await;
        }
    }

    fn is_next(&self, now: Timestamp) -> bool {
        let next = |seen: &mut super::Seen| seen.planner.next(&seen.waiting, now).is_none_or(|next| next.id == self.id);
        self.context.memory.windows.with(&self.owner, next)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.context.memory.windows.with(&self.owner, |seen| seen.waiting.retain(|waiting| waiting.id != self.id));
    }
}
