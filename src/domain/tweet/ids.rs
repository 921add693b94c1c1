//! X's ids of tweets and media: 1 to 19 decimal digits, kept as text because they exceed 2^53.

use serde::{Deserialize, Serialize};

use crate::domain::ids::MalformedId;

/// Whether `text` has the form of X's ids (X API v2, `^[0-9]{1,19}$`).
pub(super) fn is_x_id(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

macro_rules! x_id {
    ($(#[$doc:meta])* $id:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $id(String);

        impl $id {
            /// Reads an id that came from X or from a caller.
            ///
            /// # Errors
            /// When the text is not 1 to 19 digits.
            pub fn parse(text: &str) -> Result<Self, MalformedId> {
                if is_x_id(text) { Ok(Self(text.to_owned())) } else { Err(MalformedId) }
            }

            /// The digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$id> for String {
            fn from(id: $id) -> Self {
                id.0
            }
        }

        impl TryFrom<String> for $id {
            type Error = MalformedId;

            fn try_from(text: String) -> Result<Self, MalformedId> {
                Self::parse(&text)
            }
        }

        impl std::fmt::Display for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

x_id!(
    /// X's id of a tweet.
    TweetId
);

x_id!(
    /// X's id of an uploaded picture, GIF, video or subtitle file.
    MediaId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_one_to_nineteen_digits() {
        for text in ["0", "20", "9999999999999999999"] {
            assert_eq!(TweetId::parse(text).map(String::from), Ok(text.to_owned()));
            assert_eq!(MediaId::parse(text).map(|id| id.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "12345678901234567890", "1a", "-1", "+1", " 1", "١", "1/../2"] {
            assert_eq!(TweetId::parse(text), Err(MalformedId), "{text:?}");
        }
    }

    #[test]
    fn ids_are_json_strings() {
        let id = TweetId::parse("20").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"20\"");
        assert_eq!(serde_json::from_str::<TweetId>("\"20\"").unwrap(), id);
        assert!(serde_json::from_str::<TweetId>("20").is_err());
        assert!(serde_json::from_str::<MediaId>("\"x\"").is_err());
    }
}
