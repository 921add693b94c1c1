//! Further secrets that a key may issue: off until asked for, and ended all at once.
//!
//! They are derived from the pepper and not kept. What is kept is a serial that grows with each beginning, so that what was issued
//! before an end never works again.

use serde::{Deserialize, Serialize};

/// Whether a kind of further secrets works, and which edition of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    serial: u32,
    enabled: bool,
}

impl Issue {
    /// The edition that works, if any does. The first is 1.
    pub const fn serial(self) -> Option<u32> {
        if self.enabled { Some(self.serial) } else { None }
    }

    /// Begins a new edition, unless one works. Answers whether that changed anything.
    pub const fn begin(&mut self) -> bool {
        let begins = !self.enabled;
        if begins {
            *self = Self { serial: self.serial.saturating_add(1), enabled: true };
        }
        begins
    }

    /// Ends the edition that works. Answers whether that changed anything.
    pub const fn end(&mut self) -> bool {
        let ends = self.enabled;
        self.enabled = false;
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_beginning_after_an_end_is_a_new_edition() {
        let mut issue = Issue::default();
        assert_eq!(issue.serial(), None);
        assert!(issue.begin() && !issue.begin(), "beginning twice changes nothing");
        assert_eq!(issue.serial(), Some(1));
        assert!(issue.end() && !issue.end());
        assert_eq!(issue.serial(), None);
        assert!(issue.begin());
        assert_eq!(issue.serial(), Some(2));
    }
}
