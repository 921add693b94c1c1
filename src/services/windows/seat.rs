//! A call that was let go and is not sent yet: if it is not, what was counted is given back.

use super::object;
use crate::{
    domain::{account::Planning, ids::AccountId, planner::Ask, retry::Effect},
    services::Context,
};

/// The right to send one call. Dropped before the call is [sent](Self::sent), by a fault or a client that left, it is given back.
#[must_use = "say when the call is sent"]
pub struct Seat(Option<Taken>);

struct Taken {
    context: Context,
    owner: AccountId,
    effect: Effect,
    ask: Ask,
}

impl Seat {
    pub(super) fn taken(context: &Context, owner: &AccountId, effect: Effect, ask: Ask) -> Self {
        Self(Some(Taken { context: context.clone(), owner: owner.clone(), effect, ask }))
    }

    /// A call that nobody counts.
    pub const fn uncounted() -> Self {
        Self(None)
    }

    /// The call is on its way: it counts, whatever becomes of it.
    pub fn sent(mut self) {
        self.0 = None;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(taken) = self.0.take() {
            taken.give_back();
        }
    }
}

impl Taken {
    fn give_back(self) {
        let Self { context, owner, effect, ask } = self;
        match effect {
            Effect::Read => {
                let now = context.now();
                context.memory.windows.with(&owner, |seen| seen.planner.give_back(&ask, now));
            }
            Effect::Set => {
                let teller = context.beside();
                let tell = async move {
                    // What is not given back is lost to the account for a window: it may do less, never more.
                    let _ = object::plan(&teller, &owner, Planning::GiveBack { ask }).await;
                };
                context.ports.background.spawn(Box::pin(tell));
            }
            // It was not counted here.
            Effect::Create => {}
        }
    }
}
