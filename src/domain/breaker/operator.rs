//! The operator's hand on a breaker.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// What the operator wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Refuse everything.
    Open,
    /// Let everything pass, count nothing.
    Closed,
    /// Let everything pass, and count.
    MetricsOnly,
}

/// An operator's order, in force until it is released or over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// What.
    pub mode: Mode,
    /// Why, in the operator's words.
    pub reason: String,
    /// Who: the id of the key that gave the order.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when; nothing: until released.
    pub expires_at: Option<Timestamp>,
}

impl Override {
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }
}
