//! Names of things: short, checked where they enter, and safe in URLs, storage keys and logs.

use serde::{Deserialize, Serialize};

use super::base62;

const ACCOUNT_PREFIX: &str = "acc_";
const ACCOUNT_DIGITS: usize = 16;

/// A connected X account: `acc_` and 16 base62 characters (95 bits). Names the account's Durable Object and KV keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

impl AccountId {
    /// A new id from uniform entropy.
    pub fn make(entropy: &[u8; 16]) -> Self {
        Self(format!("{ACCOUNT_PREFIX}{}", base62::encode(entropy, ACCOUNT_DIGITS)))
    }

    /// Reads an id that came from outside.
    ///
    /// # Errors
    /// When the text is not of the documented form.
    pub fn parse(text: &str) -> Result<Self, MalformedId> {
        let digits = text.strip_prefix(ACCOUNT_PREFIX).ok_or(MalformedId)?;
        let well_formed = digits.len() == ACCOUNT_DIGITS && base62::is_base62(digits);
        if well_formed { Ok(Self(text.to_owned())) } else { Err(MalformedId) }
    }

    /// What stands for the X app itself where it acts for nobody: it has windows, and no tokens of a user.
    pub fn app() -> Self {
        Self("app".to_owned())
    }

    /// Reads the name of an account's object: an id, or what stands for the app.
    ///
    /// # Errors
    /// When it is neither.
    pub fn of_object(name: &str) -> Result<Self, MalformedId> {
        if name == Self::app().as_str() { Ok(Self::app()) } else { Self::parse(name) }
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// X's id of a user: 1 to 19 decimal digits (X API v2, schema `UserId`), kept as text because it exceeds 2^53.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(String);

impl UserId {
    /// Reads an id that came from X or from a client.
    ///
    /// # Errors
    /// When the text is not 1 to 19 digits.
    pub fn parse(text: &str) -> Result<Self, MalformedId> {
        let well_formed = (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if well_formed { Ok(Self(text.to_owned())) } else { Err(MalformedId) }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not an id of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed id")]
pub struct MalformedId;

macro_rules! text_form {
    ($id:ty) => {
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

text_form!(AccountId);
text_form!(UserId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_account_id_is_read_back() {
        let id = AccountId::make(&[0xab; 16]);
        assert_eq!(id.as_str().len(), 20);
        assert_eq!(AccountId::parse(id.as_str()), Ok(id));
    }

    #[test]
    fn foreign_account_ids_are_refused() {
        for text in
            ["", "acc_", "acc_0123456789abcde", "acc_0123456789abcdefg", "acc_0123456789abcde-", "ACC_0123456789abcdef"]
        {
            assert_eq!(AccountId::parse(text), Err(MalformedId), "{text}");
        }
    }

    #[test]
    fn user_ids_are_digits() {
        assert!(UserId::parse("2244994945").is_ok());
        for text in ["", "12345678901234567890", "12a", "-1", "١"] {
            assert_eq!(UserId::parse(text), Err(MalformedId), "{text}");
        }
        assert!(serde_json::from_str::<UserId>("\"../2\"").is_err());
    }
}
