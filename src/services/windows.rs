//! X's rate windows of an account: learned from its answers, kept by the account's object, and used to refuse what X would.
//!
//! The isolate keeps what it has seen itself; the object hears of a window when it begins, when it is used up, and otherwise at
//! most once a second. A window that another isolate has used up is learned with the next answer.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use http::HeaderMap;

use super::Context;
use crate::{
    domain::{
        Timestamp,
        account::{Account, Command, Reply},
        fault::{Code, Fault},
        ids::AccountId,
        planner::{Lesson, Planner},
        window::{self, LearnedWindow, Window},
    },
    ports::ObjectsExt,
    x::{endpoints, operation::Operation, windows::read},
};

/// How often the object hears of a window that only sinks, in ms.
const TELL_EVERY_MS: u64 = 1000;
/// How many accounts' windows an isolate keeps.
const MOST: usize = 1000;

/// The windows an isolate has seen.
#[derive(Default)]
pub struct Remembered(Mutex<BTreeMap<AccountId, Seen>>);

#[derive(Default)]
struct Seen {
    planner: Planner,
    told: BTreeMap<String, Timestamp>,
}

impl Remembered {
    fn with<T>(&self, account: &AccountId, work: impl FnOnce(&mut Seen) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        work(all.entry(account.clone()).or_default())
    }
}

impl Seen {
    /// Takes a reading, and says whether the object should hear of it.
    fn learn(&mut self, window: &LearnedWindow, now: Timestamp) -> bool {
        let lesson = self.planner.learn_one(window.clone(), now);
        let due = self.told.get(&window.name).is_none_or(|told| now.ms_since(*told) >= TELL_EVERY_MS);
        let tell = match lesson {
            Lesson::Began | Lesson::UsedUp => true,
            Lesson::Sank => due,
            Lesson::Nothing => false,
        };
        if tell {
            self.told.insert(window.name.clone(), now);
        }
        tell
    }
}

/// Refuses a call whose window is known to be used up: X would refuse it too, and count it.
///
/// # Errors
/// [`Code::XRateLimited`], until the window's reset.
pub fn admit(context: &Context, account: &AccountId, operation: &Operation) -> Result<(), Fault> {
    let Some(window) = empty(context, account, operation) else {
        return Ok(());
    };
    let now = context.now();
    let wait = window.reset_at.unwrap_or(now).ms_since(now).div_ceil(1000).max(1);
    let detail = format!("X's limit for {} is used up for this account. It resets in {wait} s.", operation.name);
    Err(Fault::new(Code::XRateLimited, detail).with_retry_after(wait))
}

/// The window of a call that is known to be used up, if there is one: the one that resets last.
pub fn empty(context: &Context, owner: &AccountId, operation: &Operation) -> Option<Window> {
    context.memory.windows.with(owner, |seen| seen.planner.empty(operation.name, context.now()))
}

/// Learns from the headers of an answer.
pub fn learn(context: &Context, account: &AccountId, operation: &Operation, headers: &HeaderMap) {
    let now = context.now();
    let mut heard = read(operation.name, headers);
    context.memory.windows.with(account, |seen| heard.retain(|window| seen.learn(window, now)));
    if heard.is_empty() {
        return;
    }
    let (teller, account) = (context.beside(), account.clone());
    let tell = async move {
        // What is lost here is learned again with the next answer.
        let _ = teller.objects().ask::<Account>(account.as_str(), &Command::Learn { windows: heard }).await;
    };
    context.ports.background.spawn(Box::pin(tell));
}

/// Every window of `account`: what X told, and for endpoints never heard of the limits it publishes.
///
/// # Errors
/// When the account's object does not answer.
pub async fn all(context: &Context, account: &AccountId) -> Result<Vec<Window>, Fault> {
    let mut windows = learned(context, account).await?;
    for operation in endpoints::all() {
        for (limit, window_s) in operation.limits {
            let name = window::name(operation.name, *window_s);
            if !windows.iter().any(|window| window.name == name) {
                windows.push(Window::prior(name, *limit));
            }
        }
    }
    windows.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(windows)
}

/// The windows of `owner` that X has told of: an account's, or the app's.
///
/// # Errors
/// When the owner's object does not answer.
pub async fn learned(context: &Context, owner: &AccountId) -> Result<Vec<Window>, Fault> {
    match context.objects().ask::<Account>(owner.as_str(), &Command::Windows).await {
        Ok(Reply::Windows(windows)) => Ok(windows),
        _ => Err(Fault::new(Code::Unavailable, "The account's windows cannot be asked at the moment.")),
    }
}
