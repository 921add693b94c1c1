//! Which of X's refusals mean that the next call would be refused too.

use chrono::{NaiveDate, NaiveTime};

use crate::{
    domain::{
        Timestamp,
        planner::{PauseReason, Planner},
    },
    ports::UpstreamResponse,
    x::{
        errors::{Class, XError},
        operation::Operation,
        windows,
    },
};

/// Why nothing more should be sent for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::services) struct PauseCause {
    pub(in crate::services) reason: PauseReason,
    /// When that ends, if X said so.
    pub(in crate::services) until: Option<Timestamp>,
}

impl PauseCause {
    /// What the pause concerns. Without credits nothing goes; caps have been seen to hold for one endpoint alone.
    pub(in crate::services) const fn scope(&self, operation: &Operation) -> &'static str {
        match self.reason {
            PauseReason::Credits => Planner::EVERYTHING,
            _ => operation.name,
        }
    }
}

/// The pause that follows from `error`, if one does.
pub(in crate::services) fn cause(error: &XError, response: &UpstreamResponse) -> Option<PauseCause> {
    let (reason, until) = match error.class {
        Class::RateLimit => (PauseReason::RateLimit, windows::reset_at(&response.headers)),
        Class::UsageCap => (PauseReason::UsageCap, error.reset_date.as_deref().and_then(midnight)),
        Class::SpendCap => (PauseReason::SpendCap, error.reset_date.as_deref().and_then(midnight)),
        Class::Credits => (PauseReason::Credits, None),
        _ => return None,
    };
    Some(PauseCause { reason, until })
}

/// The beginning of a day, `YYYY-MM-DD`, in UTC. Read by hand: chrono's reader of every format would be carried in the Worker.
fn midnight(day: &str) -> Option<Timestamp> {
    let mut parts = day.splitn(3, '-');
    let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let begins = NaiveDate::from_ymd_opt(year, month, day)?.and_time(NaiveTime::MIN).and_utc();
    begins.timestamp().try_into().ok().map(Timestamp::from_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_date_is_the_beginning_of_that_day() {
        assert_eq!(midnight("2027-01-15"), Some(Timestamp::from_seconds(1_799_971_200)));
        assert_eq!((midnight("soon"), midnight("1969-01-01")), (None, None));
    }
}
