//! Why X does not take an upload.

use std::fmt::Display;

/// Why X does not take an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `400`: a parameter is wrong.
    Invalid {
        /// The parameter, as X names it.
        parameter: &'static str,
        /// Its value.
        value: String,
        /// X's words.
        message: String,
    },
    /// `404`: this user has no such medium, or no longer.
    NotFound {
        /// The id asked for.
        media_id: String,
    },
    /// `413` with an empty body: X's edge does not let the chunk in.
    ChunkTooLarge,
}

impl Refusal {
    pub(super) fn invalid(parameter: &'static str, value: impl Display, message: impl Into<String>) -> Self {
        Self::Invalid { parameter, value: value.to_string(), message: message.into() }
    }

    pub(super) fn not_in(parameter: &'static str, value: &str, known: &[&str]) -> Self {
        let known = known.join(", ");
        Self::invalid(parameter, value, format!("$.{parameter}: does not have a value in the enumeration [{known}]"))
    }

    pub(super) fn not_found(media_id: &str) -> Self {
        Self::NotFound { media_id: media_id.to_owned() }
    }
}
