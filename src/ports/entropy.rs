//! Randomness.

use super::Unavailable;

/// Cryptographically secure randomness.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// When the platform gives none; the caller must give up rather than go on with zeros.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable>;
}

/// What callers say instead of preparing a buffer.
pub trait EntropyExt: Entropy {
    /// `N` random bytes.
    ///
    /// # Errors
    /// As [`Entropy::fill`].
    fn bytes<const N: usize>(&self) -> Result<[u8; N], Unavailable> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A number in `0.0..1.0`, for jitter.
    ///
    /// # Errors
    /// As [`Entropy::fill`].
    fn fraction(&self) -> Result<f64, Unavailable> {
        let bytes = self.bytes::<4>()?;
        Ok(f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0))
    }
}

impl<E: Entropy + ?Sized> EntropyExt for E {}
