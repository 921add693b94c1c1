//! URLs inside running text, with a scheme or without.

use std::ops::Range;

use super::{chars, domains, paths};

/// X links nothing longer, in UTF-16 units, its scheme counted a second time.
const LONGEST_URL: usize = 4096;

/// The longest label of a host name (RFC 1035, section 2.3.4), in its ASCII form.
const LONGEST_LABEL: usize = 63;

/// The longest code of a `t.co` link.
const LONGEST_SLUG: usize = 40;

/// A stretch of the text that X counts as one URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) start: usize,
    /// In code points.
    pub(super) length: usize,
}

/// All URLs of `text`, from left to right.
pub(super) fn find(text: &[char]) -> Vec<Url> {
    let mut found = Vec::new();
    if !text.contains(&'.') {
        return found;
    }
    let ends = domains::ends(text, domains::ANY);
    let mut at = 0;
    while at < text.len() {
        match Candidate::at(text, &ends, at) {
            Some(candidate) => {
                candidate.urls(text, &mut found);
                at = candidate.end;
            }
            None => at += 1,
        }
    }
    found
}

/// What looks like a URL.
struct Candidate {
    /// The character before it; none at the start of the text.
    before: Option<char>,
    start: usize,
    domain: Range<usize>,
    path: Range<usize>,
    end: usize,
}

impl Candidate {
    /// The candidate that follows the character at `at`; at the start of the text also one that nothing precedes.
    fn at(text: &[char], ends: &[Option<usize>], at: usize) -> Option<Self> {
        let before = text.get(at).copied().filter(|c| chars::may_precede_url(*c));
        // The reference counts in UTF-16: half of an emoji may stand before a name, and its other half begins it.
        let glued = before.filter(|c| c.len_utf16() == 2).and_then(|_| Self::spanning(text, ends, None, at));
        let after = || before.and_then(|_| Self::spanning(text, ends, before, at + 1));
        let first = || (at == 0).then(|| Self::spanning(text, ends, None, 0)).flatten();
        glued.or_else(after).or_else(first)
    }

    fn spanning(text: &[char], ends: &[Option<usize>], before: Option<char>, start: usize) -> Option<Self> {
        let domain_start = start + scheme_length(text.get(start..)?);
        let domain_end = (*ends.get(domain_start)?)?;
        let path_start = paths::port_end(text, domain_end);
        let path_end = paths::path_end(text, path_start);
        let end = paths::query_end(text, path_end);
        Some(Self { before, start, domain: domain_start..domain_end, path: path_start..path_end, end })
    }

    fn urls(&self, text: &[char], found: &mut Vec<Url>) {
        if !self.is_valid(text) {
            return;
        }
        if self.domain.start > self.start {
            found.extend(self.with_scheme(text));
        } else if !matches!(self.before, Some('-' | '_' | '.' | '/')) {
            self.without_scheme(text, found);
        }
    }

    /// Whether the host is a possible one (`xn--` promises ASCII) and the whole not too long.
    fn is_valid(&self, text: &[char]) -> bool {
        let scheme = if self.domain.start > self.start { self.domain.start - self.start } else { "https://".len() };
        let units: usize = text.get(self.start..self.end).unwrap_or_default().iter().map(|c| c.len_utf16()).sum();
        let host = text.get(self.domain.clone()).unwrap_or_default();
        let is_encoded = !host.starts_with(&['x', 'n', '-', '-']) || !ascii_names(text, &self.domain).is_empty();
        scheme + units <= LONGEST_URL && is_encoded && host.split(|c| *c == '.').all(is_label)
    }

    /// The whole candidate; of a `t.co` link only what X makes itself.
    fn with_scheme(&self, text: &[char]) -> Option<Url> {
        let host: String = text.get(self.domain.clone())?.iter().collect();
        let slug = text.get(self.path.start + 1..self.path.end).unwrap_or_default();
        let slug = slug.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
        if !host.eq_ignore_ascii_case("t.co") || self.path.start > self.domain.end || slug == 0 {
            return Some(Url { start: self.start, length: self.end - self.start });
        }
        let slug_end = self.path.start + 1 + slug;
        let end = paths::query_end(text, slug_end);
        (slug <= LONGEST_SLUG).then_some(Url { start: self.start, length: end - self.start })
    }

    /// The ASCII names inside the domain. A path belongs to the last of them; a port or query alone to none.
    fn without_scheme(&self, text: &[char], found: &mut Vec<Url>) {
        let known = found.len();
        found.extend(ascii_names(text, &self.domain));
        let tail = if self.path.is_empty() { 0 } else { self.end - self.domain.end };
        if let Some(last) = found.get_mut(known..).and_then(<[Url]>::last_mut) {
            last.length += tail;
        }
    }
}

fn ascii_names(text: &[char], domain: &Range<usize>) -> Vec<Url> {
    let ends = domains::ends(text.get(domain.clone()).unwrap_or_default(), domains::ASCII);
    let (mut names, mut free) = (Vec::new(), 0);
    for (start, end) in ends.into_iter().enumerate() {
        if let Some(end) = end.filter(|_| start >= free) {
            names.push(Url { start: domain.start + start, length: end - start });
            free = end;
        }
    }
    names
}

/// The length of `http://` or `https://` at the start of `rest`, or 0.
fn scheme_length(rest: &[char]) -> usize {
    let is = |scheme: &&str| {
        rest.len() >= scheme.len() && rest.iter().zip(scheme.chars()).all(|(c, s)| c.eq_ignore_ascii_case(&s))
    };
    ["https://", "http://"].iter().find(|scheme| is(scheme)).map_or(0, |scheme| scheme.len())
}

/// Whether the ASCII form of `label` is short enough.
fn is_label(label: &[char]) -> bool {
    let length = if label.iter().all(char::is_ascii) { Some(label.len()) } else { punycode_length(label) };
    length.is_some_and(|length| (1..=LONGEST_LABEL).contains(&length))
}

fn punycode_length(label: &[char]) -> Option<usize> {
    // Each character takes at least one digit, so a longer label need not be encoded to be refused.
    (label.len() <= LONGEST_LABEL).then_some(())?;
    idna::punycode::encode(label).map(|encoded| "xn--".len() + encoded.len())
}
