//! 256 random bits: what names an attempt, binds a browser, and hides in a connect code.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    domain::Digest,
    ports::{Entropy, EntropyExt, Unavailable},
};

/// 43 characters of base64url (RFC 4648, 5): unguessable, and safe in URLs, cookies and object names. Whoever has it may act, so
/// it cannot be printed.
#[derive(Clone)]
pub struct Nonce(String);

impl Nonce {
    /// A fresh one.
    ///
    /// # Errors
    /// When there is no entropy.
    pub fn draw(entropy: &dyn Entropy) -> Result<Self, Unavailable> {
        entropy.bytes::<32>().map(|bytes| Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads one that came from outside; nothing for a text that cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        Some(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The 43 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is kept of it where it is only compared.
    pub fn hash(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_43_characters_of_base64url_are_one() {
        let text = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(Nonce::parse(text).map(|nonce| nonce.0).as_deref(), Some(text));
        let longer = format!("{text}A");
        let padded = format!("{text}=");
        for text in ["", "short", &text[1..], &longer, &padded, &text.replace('-', "+"), &text.replace('k', "l")] {
            assert!(Nonce::parse(text).is_none(), "{text}");
        }
    }
}
