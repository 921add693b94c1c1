//! How a key is kept: HMAC-SHA-256 of its secret under a pepper that never meets the database.

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::domain::Digest;

/// The deployment's secret behind all key hashes: a stolen database alone cannot check a guess.
pub struct Pepper(Hmac<Sha256>);

impl Pepper {
    /// Takes the pepper's bytes.
    ///
    /// # Errors
    /// When there are fewer than 32.
    pub fn new(bytes: impl Into<SecretSlice<u8>>) -> Result<Self, WeakPepper> {
        let bytes = bytes.into();
        if bytes.expose_secret().len() < 32 {
            return Err(WeakPepper);
        }
        Hmac::new_from_slice(bytes.expose_secret()).map(Self).map_err(|_| WeakPepper)
    }

    pub(super) fn hash(&self, secret: &str) -> KeyHash {
        let mac = self.0.clone().chain_update(secret);
        KeyHash(Digest::from_bytes(mac.finalize().into_bytes().into()))
    }

    /// 32 bytes that belong to `purpose` and `parts` alone. Each part stands behind its length and a colon, so that no two lists
    /// share their bytes, nor does a list with the secret of a key, which holds no colon.
    pub(super) fn derive(&self, purpose: &str, parts: &[&str]) -> [u8; 32] {
        let mac = std::iter::once(&purpose).chain(parts).fold(self.0.clone(), |mac, part| {
            mac.chain_update(part.len().to_string()).chain_update(":").chain_update(part)
        });
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Pepper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pepper(..)")
    }
}

/// The pepper has fewer than 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pepper of API keys needs at least 32 bytes")]
pub struct WeakPepper;

/// What perch keeps of a key's secret.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyHash(Digest);

impl KeyHash {
    /// Whether both come from the same secret and pepper, in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.matches(&other.0)
    }

    /// A hash that no key has. Compare with it when the kid is unknown, so that the answer takes as long as for a known one.
    pub const fn nobody() -> Self {
        Self(Digest::from_bytes([0; 32]))
    }
}

impl From<KeyHash> for String {
    fn from(hash: KeyHash) -> Self {
        hash.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_pepper_is_refused() {
        assert_eq!(Pepper::new(vec![1; 31]).err(), Some(WeakPepper));
    }

    #[test]
    fn what_is_derived_depends_on_every_part_and_where_it_ends() {
        let pepper = Pepper::new(vec![1; 32]).unwrap();
        let known = pepper.derive("a", &["bc", "d"]);
        assert_eq!(known, pepper.derive("a", &["bc", "d"]));
        assert_ne!(known, Pepper::new(vec![2; 32]).unwrap().derive("a", &["bc", "d"]));
        for (purpose, parts) in [("b", ["bc", "d"]), ("a", ["b", "cd"]), ("a", ["bc", "e"]), ("ab", ["c", "d"])] {
            assert_ne!(known, pepper.derive(purpose, &parts), "{purpose} {parts:?}");
        }
    }
}
