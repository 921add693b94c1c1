//! Unguessable values from one seed: tokens, codes and identifiers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A stream of values nobody can guess without the seed: SHA-256 over the seed and a counter.
pub(crate) struct Entropy {
    seed: [u8; 32],
    drawn: u64,
}

impl Entropy {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0 }
    }

    /// 43 characters of base64url, 256 bits.
    pub(crate) fn text(&mut self) -> String {
        URL_SAFE_NO_PAD.encode(self.draw())
    }

    /// 16 lower-case hex digits, 64 bits.
    pub(crate) fn hex16(&mut self) -> String {
        hex(&self.draw()).chars().take(16).collect()
    }

    /// An OAuth value in X's shape: base64 of `<random>:<ms epoch>:1:1:<kind>:1`.
    ///
    /// `kind` is `at`, `rt` or `ac`: access token, refresh token, authorization code.
    pub(crate) fn token(&mut self, kind: &str, now_ms: u64) -> String {
        let random = self.text();
        URL_SAFE_NO_PAD.encode(format!("{random}:{now_ms}:1:1:{kind}:1"))
    }

    fn draw(&mut self) -> [u8; 32] {
        self.drawn = self.drawn.wrapping_add(1);
        Sha256::new().chain_update(self.seed).chain_update(self.drawn.to_be_bytes()).finalize().into()
    }
}

/// Lower-case hex of `bytes`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256 of `bytes` in lower-case hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_differ_and_follow_the_seed() {
        let (mut one, mut same, mut other) = (Entropy::new([1; 32]), Entropy::new([1; 32]), Entropy::new([2; 32]));
        let first = one.text();
        assert_eq!(first, same.text());
        assert_ne!(first, one.text());
        assert_ne!(first, other.text());
    }

    #[test]
    fn digests_are_hex() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
