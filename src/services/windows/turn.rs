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

/// A place among those that wait. It ends with its value, so that nobody waits for a client that has left.
pub(super) struct Turn {
    context: Context,
    owner: AccountId,
    id: String,
}

impl Turn {
    /// Stands in line.
    pub(super) fn join(context: &Context, owner: &AccountId, ask: &Ask) -> Self {
        let id = context.call.request_id.clone();
        let waiting = Waiting { id: id.clone(), ask: ask.clone(), since: context.now() };
        context.memory.windows.with(owner, |seen| seen.waiting.push(waiting));
        Self { context: context.clone(), owner: owner.clone(), id }
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
