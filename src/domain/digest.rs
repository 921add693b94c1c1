//! A 256-bit hash of something secret, compared in constant time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// 32 bytes of hash; base64url without padding (43 characters) where it is written down.
///
/// It has no `PartialEq`: [`Digest::matches`] takes the same time wherever the first difference stands.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// SHA-256 of `secret`. Only for secrets of full entropy: a guessable one needs a keyed or a slow hash.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// A hash made elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Whether both are the same, in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(..)")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        URL_SAFE_NO_PAD.encode(digest.0)
    }
}

impl TryFrom<String> for Digest {
    type Error = MalformedDigest;

    fn try_from(text: String) -> Result<Self, MalformedDigest> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| MalformedDigest)?;
        bytes.try_into().map(Self).map_err(|_| MalformedDigest)
    }
}

/// A stored digest is not 43 characters of base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a digest of 32 bytes in base64url")]
pub struct MalformedDigest;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_being_written_down() {
        let digest = Digest::of(b"cookie");
        let text = serde_json::to_string(&digest).unwrap();
        assert_eq!(text.len(), 43 + 2);
        assert!(digest.matches(&serde_json::from_str(&text).unwrap()));
        assert!(!digest.matches(&Digest::of(b"Cookie")));
    }

    #[test]
    fn a_short_or_foreign_text_is_refused() {
        assert!(serde_json::from_str::<Digest>("\"c29vbg\"").is_err());
        assert!(serde_json::from_str::<Digest>("\"not base64!\"").is_err());
    }
}
