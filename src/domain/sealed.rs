//! A secret in its sealed envelope, as the rules pass it around: they never open one.

use serde::{Deserialize, Serialize};

/// Ciphertext in the text form of the sealed box. What is inside, and what it is bound to, only the box knows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    /// An envelope as the sealed box wrote it.
    pub const fn from_envelope(envelope: String) -> Self {
        Self(envelope)
    }

    /// The envelope, for the sealed box to open.
    pub fn as_envelope(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(..)")
    }
}
