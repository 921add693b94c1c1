//! Whether a call may go, and if not, why and until when.

use serde::{Deserialize, Serialize};

use super::{Admission, Ask, PauseReason, Planner, mirror, view};
use crate::domain::{
    Timestamp,
    window::{Source, Window},
};

/// No call may go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotBefore {
    /// The moment at which to ask again.
    pub until: Timestamp,
    /// The window that has no room.
    pub window: Window,
    /// Why nothing is sent, if it is not the window.
    pub pause: Option<PauseReason>,
}

impl NotBefore {
    /// Whether a rate limit is the reason, and not money.
    pub const fn is_rate_limit(&self) -> bool {
        matches!(self.pause, None | Some(PauseReason::RateLimit | PauseReason::AppWindow))
    }

    /// When a client may ask again: at the reset as X tells it, where that is why. The second by which the clocks may differ is
    /// waited out for it.
    pub fn retry_at(&self) -> Timestamp {
        let told = self.window.reset_at.filter(|_| self.pause.is_none());
        told.filter(|reset| self.until <= reset.plus_ms(mirror::SKEW_MS)).unwrap_or(self.until)
    }
}

impl From<NotBefore> for Admission {
    fn from(refusal: NotBefore) -> Self {
        let NotBefore { until, window, pause } = refusal;
        Self::NotBefore { until, window, pause }
    }
}

impl Planner {
    /// When a call might go if nobody else asked: for `Retry-After`, and to know whether waiting is worth while.
    pub fn opens_at(&self, ask: &Ask, now: Timestamp) -> Timestamp {
        let judged = self.at(&ask.operation, &ask.limits, now).judge(ask, now);
        judged.err().map_or(now, |refusal| refusal.until)
    }

    /// The window of an endpoint in which nothing is left; of several the one that resets last.
    pub fn empty(&self, operation: &str, now: Timestamp) -> Option<Window> {
        let windows = self.own(operation).map(|(name, mirror)| view(mirror, name, now));
        windows.filter(|window| window.exhausted_until(now).is_some()).max_by_key(|window| window.reset_at)
    }

    /// Why no call of an endpoint can go now, whoever asks: a pause, or a window in which X has said that nothing is left.
    pub fn known_shut(&self, operation: &str, now: Timestamp) -> Option<NotBefore> {
        let empty = self.empty(operation, now).filter(|window| window.source == Source::Learned);
        let empty =
            empty.and_then(|window| Some(NotBefore { until: window.exhausted_until(now)?, window, pause: None }));
        self.paused(operation, now).into_iter().chain(empty).max_by_key(|refusal| refusal.until)
    }

    pub(super) fn paused(&self, operation: &str, now: Timestamp) -> Option<NotBefore> {
        let pauses = [Self::EVERYTHING, operation].into_iter().filter_map(|scope| self.pauses.of(scope, now));
        let pause = pauses.max_by_key(|pause| pause.until)?;
        let window = self.first_window(operation, now);
        Some(NotBefore { until: pause.until, window, pause: Some(pause.reason) })
    }

    /// Whether `ask` may go now; if not, the window or pause that lasts longest.
    pub(super) fn judge(&self, ask: &Ask, now: Timestamp) -> Result<(), NotBefore> {
        let shut = self.own(&ask.operation).filter_map(|(name, mirror)| {
            let until = mirror.room(ask.lane, &ask.application, now).err()?;
            Some(NotBefore { until, window: mirror.view(name, now), pause: None })
        });
        match shut.chain(self.paused(&ask.operation, now)).max_by_key(|refusal| refusal.until) {
            Some(refusal) => Err(refusal),
            None => Ok(()),
        }
    }

    fn first_window(&self, operation: &str, now: Timestamp) -> Window {
        let first = self.own(operation).next().map(|(name, mirror)| mirror.view(name, now));
        first.unwrap_or_else(|| Window::prior(operation.to_owned(), 0))
    }

    /// What is known of one endpoint alone, moved on to `now`: to ask what if.
    pub(super) fn at(&self, operation: &str, limits: &[(u32, u32)], now: Timestamp) -> Self {
        let mirrors = self.own(operation).map(|(name, mirror)| (name.to_owned(), mirror.clone())).collect();
        let mut planner = Self { mirrors, pauses: self.pauses.clone(), ..Self::default() };
        planner.meet(operation, limits, "", now);
        planner
    }
}
