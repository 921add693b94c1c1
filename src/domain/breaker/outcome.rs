//! What a call says about X's health.

use serde::{Deserialize, Serialize};

use super::Group;

/// How a call ended, as far as health goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// X did what it was asked.
    Success {
        /// But took too long over it.
        slow: bool,
    },
    /// X is in trouble.
    Failure,
    /// Says nothing of X: not counted at all.
    Neutral,
}

/// How a call ended, as the caller of X saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A whole answer.
    Status {
        /// Its HTTP status.
        status: u16,
        /// Whether its body is JSON, as all of X's own are. An empty body is.
        json: bool,
    },
    /// No connection could be made, or it was reset.
    NoConnection,
    /// No answer in time.
    TimedOut,
    /// The body ended early.
    CutShort,
    /// The client went away first.
    ClientGone,
    /// perch refused the call itself.
    NotSent,
}

/// Judges an answer that took `took_ms`. A 2xx is a success even when its body lists `errors`.
pub const fn outcome_of(answer: Answer, took_ms: u64, group: Group) -> Outcome {
    match answer {
        Answer::Status { status: 200..=299, .. } => Outcome::Success { slow: took_ms > group.slow_after_ms() },
        Answer::Status { status, json } if !is_trouble(status, json) => Outcome::Neutral,
        Answer::Status { .. } | Answer::NoConnection | Answer::TimedOut | Answer::CutShort => Outcome::Failure,
        Answer::ClientGone | Answer::NotSent => Outcome::Neutral,
    }
}

/// The statuses of an X in trouble, and whatever 5xx something in front of X answers in its stead.
const fn is_trouble(status: u16, json: bool) -> bool {
    matches!(status, 500 | 502 | 503 | 504) || (matches!(status, 500..=599) && !json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(status: u16, json: bool) -> Outcome {
        outcome_of(Answer::Status { status, json }, 10, Group::TweetsRead)
    }

    #[test]
    fn a_clients_fault_is_not_xs() {
        for status in [301, 400, 401, 402, 403, 404, 409, 422, 429, 499] {
            assert_eq!(judge(status, true), Outcome::Neutral, "{status}");
            assert_eq!(judge(status, false), Outcome::Neutral, "{status} as HTML");
        }
        for answer in [Answer::ClientGone, Answer::NotSent] {
            assert_eq!(outcome_of(answer, 10_000, Group::Users), Outcome::Neutral);
        }
    }

    #[test]
    fn trouble_at_x_is_a_failure() {
        for status in [500, 502, 503, 504] {
            assert_eq!(judge(status, true), Outcome::Failure, "{status}");
        }
        assert_eq!((judge(520, false), judge(501, true)), (Outcome::Failure, Outcome::Neutral));
        for answer in [Answer::NoConnection, Answer::TimedOut, Answer::CutShort] {
            assert_eq!(outcome_of(answer, 10, Group::Users), Outcome::Failure);
        }
    }

    #[test]
    fn slow_is_another_thing_for_media() {
        let answer = Answer::Status { status: 201, json: true };
        for (group, took_ms, slow) in [
            (Group::TweetsWrite, 5_000, false),
            (Group::TweetsWrite, 5_001, true),
            (Group::Media, 60_000, false),
            (Group::Media, 60_001, true),
        ] {
            assert_eq!(outcome_of(answer, took_ms, group), Outcome::Success { slow });
        }
    }
}
