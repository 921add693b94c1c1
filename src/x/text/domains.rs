//! Domain names inside running text.
//!
//! twitter-text finds them by a regular expression with back-tracking, quadratic in a text of many dots. The same names
//! are found here by one walk from right to left: whether a name starts at a character depends only on what follows.

use super::{chars, tlds};

/// Which characters make a label.
#[derive(Clone, Copy)]
pub(super) struct Alphabet {
    /// May stand anywhere in a label.
    pub(super) edge: fn(char) -> bool,
    /// May stand inside a label, not at its ends. A label with an underscore is a subdomain only.
    pub(super) inner: fn(char) -> bool,
}

/// Names of any script.
pub(super) const ANY: Alphabet = Alphabet { edge: chars::is_domain, inner: |c| matches!(c, '-' | '_') };

/// Names of ASCII and accented Latin; only these are linked when no scheme stands before them.
pub(super) const ASCII: Alphabet = Alphabet { edge: chars::is_ascii_domain, inner: |_| false };

/// The rest of a label, seen from its dot leftwards.
struct Label {
    dot: usize,
    /// The end of a domain name that starts right after the dot.
    longer: Option<usize>,
    /// The end of a top-level domain that starts right after the dot.
    tld: Option<usize>,
    underscore: bool,
}

impl Label {
    fn before(text: &[char], dot: usize, longer: Option<usize>) -> Self {
        Self { dot, longer, tld: tlds::end(text, dot + 1), underscore: false }
    }

    /// The label with `c` at `at` put before it, or nothing when `c` ends it.
    fn grown(mut self, c: char, at: usize, alphabet: Alphabet) -> Option<Self> {
        let last = at + 1 == self.dot;
        let fits = (alphabet.edge)(c) || (!last && (alphabet.inner)(c));
        self.underscore |= c == '_';
        fits.then_some(self)
    }

    /// Where a name that starts with this label ends: with as many labels as there are.
    fn end(&self) -> Option<usize> {
        self.longer.or(self.tld.filter(|_| !self.underscore))
    }
}

/// For each character of `text`, where the longest domain name that starts there ends.
pub(super) fn ends(text: &[char], alphabet: Alphabet) -> Vec<Option<usize>> {
    let mut ends = Vec::with_capacity(text.len());
    let (mut label, mut after): (Option<Label>, Option<usize>) = (None, None);
    for (at, c) in text.iter().copied().enumerate().rev() {
        label = match label {
            _ if c == '.' => Some(Label::before(text, at, after)),
            Some(label) => label.grown(c, at, alphabet),
            None => None,
        };
        after = label.as_ref().filter(|_| c != '.' && (alphabet.edge)(c)).and_then(Label::end);
        ends.push(after);
    }
    ends.reverse();
    ends
}
