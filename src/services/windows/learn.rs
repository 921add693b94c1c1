//! What X's answers teach, kept by the isolate and shared through the object.

use http::HeaderMap;

use super::{Seen, object};
use crate::{
    domain::{
        Timestamp,
        account::{Planned, Planning},
        ids::AccountId,
        planner::{Lesson, PauseReason},
        retry::Effect,
        window::{self, LearnedWindow},
    },
    services::Context,
    x::{operation::Operation, windows::read},
};

/// How often the object hears of a window that only sinks, in ms.
const TELL_EVERY_MS: u64 = 1000;

impl Seen {
    /// Takes a reading, and says whether the object should hear of it.
    fn learn(&mut self, window: &LearnedWindow, now: Timestamp) -> bool {
        let lesson = self.planner.learn_one(window.clone(), now);
        let due = self.told.get(&window.name).is_none_or(|told| now.ms_since(*told) >= TELL_EVERY_MS);
        let tell = match lesson {
            Lesson::Began | Lesson::UsedUp => true,
            // What the isolate has counted itself is no news to it, but to the object it is.
            Lesson::Sank | Lesson::Nothing => due || window.remaining == 0,
        };
        if tell {
            self.told.insert(window.name.clone(), now);
        }
        tell
    }
}

/// Learns from the headers of an answer. The object hears of a window when it begins, when it is used up, and otherwise at most once
/// a second; of the answers to what it has counted itself it hears always.
pub fn learn(context: &Context, owner: &AccountId, operation: &Operation, headers: &HeaderMap) {
    let now = context.now();
    let counted_there = operation.effect != Effect::Read;
    let mut heard = read(operation.name, headers);
    context.memory.windows.with(owner, |seen| heard.retain(|window| seen.learn(window, now) || counted_there));
    let of_the_app: Vec<_> = heard.iter().filter(|window| window::is_shared(&window.name)).cloned().collect();
    share(context, owner.clone(), heard);
    if *owner != AccountId::app() {
        share(context, AccountId::app(), of_the_app);
    }
}

/// Tells the object of `owner` beside the answer, and takes what it knows in return.
fn share(context: &Context, owner: AccountId, windows: Vec<LearnedWindow>) {
    if windows.is_empty() {
        return;
    }
    let teller = context.beside();
    let tell = async move {
        // What is lost here is learned again with the next answer.
        if let Ok(Planned::Known { windows, pauses }) = object::plan(&teller, &owner, Planning::Share { windows }).await
        {
            let now = teller.now();
            teller.memory.windows.with(&owner, |seen| seen.planner.share(windows, pauses, now));
        }
    };
    context.ports.background.spawn(Box::pin(tell));
}

/// Sends nothing of `scope` for a while, here at once and everywhere when the object has heard of it; `told` is what X said of
/// its end.
pub fn pause(context: &Context, owner: &AccountId, scope: &str, reason: PauseReason, told: Option<Timestamp>) {
    let now = context.now();
    let until = reason.end(told, now);
    context.memory.windows.with(owner, |seen| seen.planner.pause(scope, until, reason));
    let (teller, owner) = (context.beside(), owner.clone());
    let planning = Planning::Pause { scope: scope.to_owned(), until, reason };
    let tell = async move {
        // An isolate that does not hear of it finds out by itself.
        let _ = object::plan(&teller, &owner, planning).await;
    };
    context.ports.background.spawn(Box::pin(tell));
}
