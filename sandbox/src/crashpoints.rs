//! Points at which a process is held until a test kills it: the gateway's own, which it asks about here, and two of X's, before and
//! after a request's effect is committed.

use std::collections::BTreeMap;

use serde::Serialize;
use tokio::sync::watch;

use crate::call::{Call, lookup};
use crate::endpoints::Endpoint;
use crate::oauth2::grant;
use crate::server::Sandbox;
use crate::state::State;

/// The points that hold somebody, by point and subject.
#[derive(Debug, Default)]
pub(crate) struct Crashpoints {
    armed: BTreeMap<(String, String), Armed>,
}

#[derive(Debug)]
struct Armed {
    reached: u64,
    /// Whoever waits for it to change is held until it is dropped.
    hold: watch::Sender<()>,
}

/// An armed point, as the control port shows it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Shown {
    point: String,
    subject: String,
    /// How many have come here and are held.
    reached: u64,
}

impl Shown {
    /// Whether somebody is held there.
    pub(crate) fn is_reached(&self) -> bool {
        self.reached > 0
    }
}

impl Crashpoints {
    /// Holds whoever comes to `point` for `subject` from now on.
    pub(crate) fn arm(&mut self, point: String, subject: String) {
        self.armed.insert((point, subject), Armed { reached: 0, hold: watch::Sender::new(()) });
    }

    /// Lets everybody go on, and holds nobody any more.
    pub(crate) fn disarm(&mut self) -> usize {
        std::mem::take(&mut self.armed).len()
    }

    /// All armed points.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let show = |((point, subject), armed): (&(String, String), &Armed)| Shown {
            point: point.clone(),
            subject: subject.clone(),
            reached: armed.reached,
        };
        self.armed.iter().map(show).collect()
    }

    /// Somebody is at `point`: what to wait for, if it is armed.
    fn reach(&mut self, point: &str, subject: &str) -> Option<watch::Receiver<()>> {
        let armed = self.armed.get_mut(&(point.to_owned(), subject.to_owned()))?;
        armed.reached += 1;
        Some(armed.hold.subscribe())
    }
}

/// Returns at once, or, if the point is armed, when it no longer is.
pub(crate) async fn pass(sandbox: &Sandbox, point: &str, subject: &str) {
    let held = sandbox.with(|state| state.crashpoints.reach(point, subject));
    if let Some(mut held) = held {
        while held.changed().await.is_ok() {}
    }
}

/// Where a request to X can be held.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// It is here whole, and nothing has happened yet.
    Received,
    /// Its effect is committed, and nothing is answered yet.
    Committed,
}

/// X is at `moment` of a request by the user `subject`: the point is called `x.received POST /2/tweets` or `x.committed …`.
pub(crate) async fn pass_in_x(sandbox: &Sandbox, moment: Moment, endpoint: &Endpoint, subject: Option<&str>) {
    let Some(subject) = subject else { return };
    let moment = match moment {
        Moment::Received => "received",
        Moment::Committed => "committed",
    };
    pass(sandbox, &format!("x.{moment} {} {}", endpoint.method, endpoint.path), subject).await;
}

/// The user on whose behalf `call` comes, while any point is armed: by bearer, or by the refresh token it brings.
pub(crate) fn subject(state: &State, call: &Call) -> Option<String> {
    if state.crashpoints.armed.is_empty() {
        return None;
    }
    let bearer = call.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    if let Some(access) = bearer.and_then(|token| grant::access(state, token)) {
        return Some(access.grant.user_id.clone());
    }
    let form = call.form();
    let refresh = lookup(&form, "refresh_token").and_then(|token| state.oauth2.refresh.get(token));
    refresh.map(|refresh| refresh.grant.user_id.clone())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::config::Config;

    fn sandbox() -> Sandbox {
        Sandbox::new(Config::default(), [1; 32])
    }

    async fn is_held(sandbox: &Sandbox, point: &str, subject: &str) -> bool {
        timeout(Duration::from_millis(20), pass(sandbox, point, subject)).await.is_err()
    }

    #[tokio::test]
    async fn a_point_holds_the_armed_subject_and_nobody_else() {
        let sandbox = sandbox();
        sandbox.with(|state| state.crashpoints.arm("p".to_owned(), "a".to_owned()));
        assert!(is_held(&sandbox, "p", "a").await);
        assert!(!is_held(&sandbox, "p", "b").await);
        assert!(!is_held(&sandbox, "q", "a").await);
        let shown = Shown { point: "p".to_owned(), subject: "a".to_owned(), reached: 1 };
        assert_eq!(sandbox.with(|state| state.crashpoints.shown()), [shown]);
    }

    #[tokio::test]
    async fn disarmed_it_lets_the_held_go_on() {
        let sandbox = sandbox();
        sandbox.with(|state| state.crashpoints.arm("p".to_owned(), "a".to_owned()));
        let held = tokio::spawn({
            let sandbox = sandbox.clone();
            async move { pass(&sandbox, "p", "a").await }
        });
        while sandbox.with(|state| state.crashpoints.shown().iter().all(|shown| shown.reached == 0)) {
            tokio::task::yield_now().await;
        }
        assert_eq!(sandbox.with(|state| state.crashpoints.disarm()), 1);
        timeout(Duration::from_secs(5), held).await.unwrap().unwrap();
        assert!(!is_held(&sandbox, "p", "a").await);
    }
}
