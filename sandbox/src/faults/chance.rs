//! Chance that can be repeated: a fault strikes a share of the requests, chosen by a seed.

use serde::{Deserialize, Serialize};

/// A part of a whole, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "f64")]
pub(crate) struct Share(f64);

/// A row of draws that follows from its seed (`SplitMix64`, Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub(crate) struct Chance {
    state: u64,
}

impl Default for Share {
    fn default() -> Self {
        Self(1.0)
    }
}

impl TryFrom<f64> for Share {
    type Error = &'static str;

    fn try_from(share: f64) -> Result<Self, Self::Error> {
        if (0.0..=1.0).contains(&share) { Ok(Self(share)) } else { Err("a share lies between 0 and 1") }
    }
}

impl Chance {
    /// The row of draws of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Draws once: whether it falls within `share`.
    pub(crate) fn strikes(&mut self, share: Share) -> bool {
        let drawn = u32::try_from(self.draw() >> 32).unwrap_or(u32::MAX);
        f64::from(drawn) < share.0 * 4_294_967_296.0
    }

    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        let mut chance = Chance::new(1_234_567);
        assert_eq!([chance.draw(), chance.draw()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn a_seed_strikes_the_same_again_at_about_its_share() {
        let strikes = |seed: u64| {
            let mut chance = Chance::new(seed);
            (0..10_000).map(|_| chance.strikes(Share(0.1))).collect::<Vec<_>>()
        };
        assert_eq!(strikes(1), strikes(1));
        assert_ne!(strikes(1), strikes(2));
        assert!((900..1100).contains(&strikes(1).into_iter().filter(|struck| *struck).count()));
    }

    #[test]
    fn nothing_is_never_and_the_whole_is_always() {
        let mut chance = Chance::new(5);
        assert!((0..1000).all(|_| !chance.strikes(Share(0.0)) && chance.strikes(Share(1.0))));
    }
}
