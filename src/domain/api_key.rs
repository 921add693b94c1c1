//! API keys: what a client application presents, and what perch remembers of it.
//!
//! ```text
//! perch_live_4fQ0zK81Lm_<43 characters of secret>_<6 characters of checksum>
//!       mode kid
//! ```
//!
//! The kid is public and names the record. The secret carries 256 bits, so a fast keyed hash of it is enough at rest. The
//! checksum is CRC-32 (IEEE) over all that stands before its underscore: a mistyped or made-up key is refused before anything
//! is looked up, and a scanner of leaked secrets can tell a key from noise without asking anybody.

mod grant;
mod hash;
mod issue;
mod oauth1;
mod origin;
mod record;
mod refresh_handle;
mod return_uri;
mod scope;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

pub use grant::AccountGrant;
pub use hash::{KeyHash, Pepper, WeakPepper};
pub use issue::Issue;
pub use oauth1::{ConsumerKey, SigningSecrets, SigningToken};
pub use origin::{MalformedOrigin, Origin};
pub use record::{KeyRecord, Quota, Standing};
pub use refresh_handle::RefreshHandle;
pub use return_uri::is_return_uri;
pub use scope::{Scope, ScopeSet};

use super::base62;

/// Matches every API key, whole. For scanners of leaked secrets.
pub const PATTERN: &str = "perch_(live|test)_[0-9A-Za-z]{10}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}";

/// Characters of a key, in either mode.
const LENGTH: usize = 72;
const KID_DIGITS: usize = 10;
const SECRET_DIGITS: usize = 43;
const CHECKSUM_DIGITS: usize = 6;

/// Whether a key acts on real accounts. Both modes are treated alike; the word is for people who read configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// For production.
    Live,
    /// For development and tests.
    Test,
}

impl Mode {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// The public name of a key: 10 base62 characters. Safe in URLs, rows and logs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(String);

impl KeyId {
    /// Reads a kid.
    ///
    /// # Errors
    /// When it has another length or alphabet.
    pub fn parse(text: &str) -> Result<Self, KeyFormatError> {
        if text.len() != KID_DIGITS {
            return Err(KeyFormatError::Length);
        }
        if base62::is_base62(text) { Ok(Self(text.to_owned())) } else { Err(KeyFormatError::Alphabet) }
    }

    /// The ten characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KeyId {
    type Error = KeyFormatError;

    fn try_from(text: String) -> Result<Self, KeyFormatError> {
        Self::parse(&text)
    }
}

impl From<KeyId> for String {
    fn from(kid: KeyId) -> Self {
        kid.0
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A well-formed key. Whether it is known, and still good, only its record tells.
#[derive(Clone)]
pub struct ApiKey {
    mode: Mode,
    kid: KeyId,
    secret: SecretString,
}

impl ApiKey {
    /// A new key from uniform entropy. The kid holds 60 of its 128 bits, which keeps it free of bias.
    pub fn make(mode: Mode, kid_entropy: &[u8; 16], secret: &[u8; 32]) -> Self {
        let kid = KeyId(base62::encode(kid_entropy, KID_DIGITS));
        Self { mode, kid, secret: base62::encode(secret, SECRET_DIGITS).into() }
    }

    /// Reads what a caller presented: length, prefix, alphabet, checksum, in this order. Costs no look-up.
    ///
    /// # Errors
    /// The first of the four checks that failed.
    pub fn parse(text: &str) -> Result<Self, KeyFormatError> {
        if text.len() != LENGTH {
            return Err(KeyFormatError::Length);
        }
        let mut parts = text.split('_');
        let (Some("perch"), Some(mode)) = (parts.next(), parts.next()) else {
            return Err(KeyFormatError::Prefix);
        };
        let mode = match mode {
            "live" => Mode::Live,
            "test" => Mode::Test,
            _ => return Err(KeyFormatError::Prefix),
        };
        let (Some(kid), Some(secret), Some(crc), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(KeyFormatError::Alphabet);
        };
        if secret.len() != SECRET_DIGITS || crc.len() != CHECKSUM_DIGITS {
            return Err(KeyFormatError::Length);
        }
        if !base62::is_base62(secret) || !base62::is_base62(crc) {
            return Err(KeyFormatError::Alphabet);
        }
        let key = Self { mode, kid: KeyId::parse(kid)?, secret: secret.into() };
        if checksum(&key.unsigned()) == crc { Ok(key) } else { Err(KeyFormatError::Checksum) }
    }

    /// The mode written in the key.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// The public name, under which the record is kept.
    pub const fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// The hash to keep, or to compare with the kept one.
    pub fn hash(&self, pepper: &Pepper) -> KeyHash {
        pepper.hash(self.secret.expose_secret())
    }

    /// The whole text of the key. It is shown once, to the one who made it.
    pub fn expose(&self) -> String {
        let unsigned = self.unsigned();
        let crc = checksum(&unsigned);
        format!("{unsigned}_{crc}")
    }

    fn unsigned(&self) -> String {
        format!("perch_{}_{}_{}", self.mode.as_str(), self.kid, self.secret.expose_secret())
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiKey({})", self.kid)
    }
}

fn checksum(unsigned: &str) -> String {
    base62::encode(&crc32fast::hash(unsigned.as_bytes()).to_be_bytes(), CHECKSUM_DIGITS)
}

/// Why a text is not an API key. Never names any of its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFormatError {
    /// It, or a part of it, is too long or too short.
    #[error("an API key has 72 characters")]
    Length,
    /// It does not begin with `perch_live_` or `perch_test_`.
    #[error("an API key begins with perch_live_ or perch_test_")]
    Prefix,
    /// A part has a character that is not base62.
    #[error("an API key is made of letters, digits and four underscores")]
    Alphabet,
    /// The checksum does not belong to the rest: mistyped, cut or made up.
    #[error("the checksum of the API key does not match")]
    Checksum,
}

#[cfg(test)]
mod tests;
