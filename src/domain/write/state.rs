//! Where a write stands, and what moves it.

use serde::{Deserialize, Serialize};

use super::Answer;
use crate::domain::Timestamp;

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// For a window of X's to open. It may be cancelled.
    Waiting,
    /// Somebody may be sending it.
    Sending {
        /// Who.
        lease: String,
        /// Until when silence is no news.
        until: Timestamp,
    },
    /// It was sent, and nobody knows what became of it.
    Unknown {
        /// When X shows it, if it is there.
        look_at: Timestamp,
    },
    /// Somebody looks for it at X.
    Looking {
        /// Who.
        lease: String,
        /// Until when.
        until: Timestamp,
    },
    /// X has answered, or has been seen to have done it.
    Done,
    /// It cannot be told whether X has done it. Nothing more is tried.
    Unconfirmed {
        /// Why not.
        why: Why,
    },
    /// It had waited, and could not be sent.
    Failed {
        /// The fault's code.
        code: String,
        /// What to tell.
        detail: String,
    },
    /// It was taken back before it was sent.
    Cancelled,
}

/// Why it cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// What it makes is not to be seen in any timeline.
    NothingToSee,
    /// It was sent twice, or looked for as often as may be, and was not seen.
    NotSeen,
    /// No more looks are paid for today, or none at all.
    NotLooked,
    /// It was not seen, and is too old to be sent again.
    TooLate,
}

/// What came of sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// X did it.
    Did {
        /// X's answer.
        answer: Answer,
        /// X's id of what it made, if it told.
        claim: Option<String>,
    },
    /// X understood, and did not do it.
    Refused {
        /// X's answer.
        answer: Answer,
        /// Because it has done it before, X says.
        duplicate: bool,
    },
    /// Nobody knows.
    Unknown,
    /// It did not reach X, or X refused it before it ran.
    NotSent {
        /// Why, as a fault's code.
        code: String,
        /// What to tell.
        detail: String,
        /// Milliseconds after which it may be tried again, if that may help.
        again_after_ms: Option<u64>,
    },
}

/// What was seen at X.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sight {
    /// It.
    There {
        /// What X would have answered.
        answer: Answer,
        /// X's id of it.
        claim: String,
    },
    /// Everything that was made since, and not it.
    NotThere,
    /// Nothing: X does not answer.
    Hidden,
    /// Nothing: looking is switched off, or has cost enough for today.
    NotAllowed,
}

impl State {
    /// Whether nothing moves it any more.
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Done | Self::Unconfirmed { .. } | Self::Failed { .. } | Self::Cancelled)
    }

    /// When something has to be done about it.
    pub const fn due_at(&self) -> Option<Timestamp> {
        match self {
            Self::Sending { until, .. } | Self::Looking { until, .. } => Some(*until),
            Self::Unknown { look_at } => Some(*look_at),
            Self::Waiting | Self::Done | Self::Unconfirmed { .. } | Self::Failed { .. } | Self::Cancelled => None,
        }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending { .. } => "sending",
            Self::Unknown { .. } | Self::Looking { .. } => "unknown",
            Self::Done => "done",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}
