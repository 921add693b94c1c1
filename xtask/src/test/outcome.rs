//! What a layer's tests said.

use std::time::Duration;

/// Counts of one layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) skipped: u32,
    pub(super) time: Duration,
    /// Why a layer could not run to its end.
    pub(super) broken: Option<String>,
}

impl Outcome {
    /// A layer that could not run counts as one failure.
    pub(super) fn broken(why: String) -> Self {
        Self { failed: 1, broken: Some(why), ..Self::default() }
    }

    /// One check that is no test program.
    pub(super) fn check(passed: bool) -> Self {
        Self { passed: u32::from(passed), failed: u32::from(!passed), ..Self::default() }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.broken = self.broken.take().or_else(|| other.broken.clone());
    }

    /// Adds the counts of a line such as
    /// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
    pub(super) fn read(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result:") else {
            return;
        };
        let words: Vec<&str> = counts.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            if let [count, what] = pair
                && let Ok(count) = count.parse::<u32>()
            {
                match *what {
                    "passed" => self.passed += count,
                    "failed" => self.failed += count,
                    "ignored" => self.skipped += count,
                    _ => {}
                }
            }
        }
    }

    /// A layer is good when something passed and nothing failed: no test at all proves nothing.
    pub(super) fn good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_line_is_counted_and_no_other() {
        let mut outcome = Outcome::default();
        for line in [
            "running 3 tests",
            "test a ... ok",
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.00s",
            "test result: FAILED. 3 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
            "test result: ok. 5 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.02s", // wasm-bindgen's form
        ] {
            outcome.read(line);
        }
        assert_eq!((outcome.passed, outcome.failed, outcome.skipped), (10, 4, 1));
    }

    #[test]
    fn no_test_at_all_is_not_good() {
        assert!(!Outcome::default().good());
        assert!(Outcome::check(true).good());
        assert!(!Outcome::check(false).good());
        assert!(!Outcome::broken("why".to_owned()).good());
    }
}
