//! Why a call may not go, and how its client is told.

use crate::{
    domain::{
        Timestamp,
        fault::{Code, Fault},
        planner::{NotBefore, PauseReason},
    },
    x::operation::Operation,
};

/// Why a call may not go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A window has no room, or nothing is sent for a while.
    Shut(Box<NotBefore>),
    /// The object that counts a write does not answer.
    OutOfReach,
}

impl Refusal {
    /// The refusal as a fault.
    pub fn fault(&self, operation: &Operation, now: Timestamp) -> Fault {
        let Self::Shut(shut) = self else {
            let detail = "The account's windows cannot be asked at the moment.";
            return Fault::new(Code::Unavailable, detail).with_retry_after(2);
        };
        let wait = wait_s(shut, now);
        let (code, why) = match shut.pause {
            None | Some(PauseReason::RateLimit) => (Code::XRateLimited, "X's limit is used up for this account"),
            Some(PauseReason::AppWindow) => (Code::XRateLimited, "X's limit for all accounts of the app is used up"),
            Some(PauseReason::UsageCap) => (Code::UsageCapReached, "The usage cap of the X app is reached"),
            Some(PauseReason::SpendCap) => (Code::SpendCapReached, "The spending limit of the X app is reached"),
            Some(PauseReason::Credits) => (Code::CreditsDepleted, "The X app has no credits left"),
        };
        Fault::new(code, format!("{why}: {}. Ask again in {wait} s.", operation.name)).with_retry_after(wait)
    }
}

/// Whole seconds until a call may be tried again; at least one.
pub fn wait_s(shut: &NotBefore, now: Timestamp) -> u64 {
    shut.retry_at().ms_since(now).div_ceil(1000).max(1)
}
