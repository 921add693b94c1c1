//! Sealing: what leaves memory is unreadable, and belongs to one place only.

use secrecy::SecretString;

/// What a sealed text is bound to. Opening it anywhere else fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding<'a> {
    /// Whose it is: an account id, or an attempt's state.
    pub owner: &'a str,
    /// Which X user it speaks for, if it is a token.
    pub x_user_id: &'a str,
    /// What it is: `access`, `refresh`, `verifier` …
    pub field: &'static str,
    /// Which refresh it came from; binding it stops a roll-back to an older one.
    pub generation: u64,
}

/// The text cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// The text is no envelope of ours.
    #[error("not a sealed text")]
    Malformed,
    /// Sealed under a master key that is no longer configured.
    #[error("sealed under an unknown master key")]
    UnknownKey,
    /// Altered, or sealed for another place.
    #[error("the seal is broken")]
    Broken,
    /// No randomness for a nonce.
    #[error("no entropy")]
    NoEntropy,
}

/// Seals and opens texts with authenticated encryption.
pub trait SealedBox: Send + Sync {
    /// Seals `text` under the active master key, bound to `binding`.
    ///
    /// # Errors
    /// [`SealFault::NoEntropy`].
    fn seal(&self, text: &SecretString, binding: &Binding<'_>) -> Result<String, SealFault>;

    /// Opens what [`SealedBox::seal`] made for the same binding, under any configured master key.
    ///
    /// # Errors
    /// When it is malformed, altered, bound elsewhere, or its key is gone.
    fn open(&self, sealed: &str, binding: &Binding<'_>) -> Result<SecretString, SealFault>;
}
