//! What is wrong with one member of a body.

use serde::Serialize;

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The member, such as `poll.options[2]`.
    pub field: String,
    /// Which rule it breaks.
    pub rule: Rule,
    /// What to fix, for people.
    pub message: String,
}

/// A rule, by a name that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// It must be given.
    Required,
    /// It must not be empty, nor only white space.
    Empty,
    /// It is longer than X takes.
    TooLong,
    /// It holds a character X refuses.
    ForbiddenCharacter,
    /// It is not an id of 1 to 19 digits.
    MalformedId,
    /// It is not an `https` URL.
    MalformedUrl,
    /// It is none of the known values.
    UnknownValue,
    /// There are too few or too many.
    Count,
    /// The number is too small or too large.
    Range,
    /// It cannot be combined with another member.
    Exclusive,
    /// It cannot be said inside a thread.
    NotInThread,
    /// X refuses the same text twice.
    Duplicate,
}
