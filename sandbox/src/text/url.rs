//! Where X finds URLs in a text, with a scheme or without.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::domain;

/// The longest URL that counts as one, its scheme counted twice, in UTF-16 units.
const MAX_URL: usize = 4096;
/// The longest code of a `t.co` link.
const MAX_TCO_CODE: usize = 40;

const SCHEMES: [&str; 2] = ["https://", "http://"];
const QUERY: &str = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]";
/// Letters with accents, and Cyrillic: all the letters besides ASCII that a path may hold.
const LETTERS: &str = r"\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{24F}\x{253}\x{254}\x{256}\x{257}\x{259}\x{25B}\x{263}\x{268}\x{26F}\x{272}\x{289}\x{28B}\x{2BB}\x{300}-\x{36F}\x{1E00}-\x{1EFF}\x{400}-\x{4FF}";

/// What may follow a host name: a port, a path whose parentheses are balanced and that does not end in punctuation, a
/// query.
static TAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let inner = format!(r"[a-z0-9{LETTERS}!*';:=+,.$/%#\[\]\-\x{{2013}}_~@|&]");
    let parens = format!(r"\((?:{inner}+|{inner}*\({inner}+\){inner}*)\)");
    let last = format!(r"[+\-a-z0-9{LETTERS}=_#/]");
    let path = format!(r"(?:{inner}*(?:{parens}{inner}*)*{last}|{parens}|@{inner}+/)");
    Regex::new(&format!(r"(?i)^(?::[0-9]+)?(?<path>/{path}*)?(?:{QUERY})?")).ok()
});

static TCO: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)^https?://t\.co/(?<code>[a-z0-9]+)(?:{QUERY})?")).ok());

/// The byte ranges of the URLs in `text`, in order.
pub(super) fn spans(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(candidate) = next(text, from) {
        from = candidate.end;
        found.extend(candidate.spans(text));
    }
    found
}

/// The first candidate that starts behind the character at `from` or later, or at the very start of the text.
///
/// The reference works on UTF-16: the first half of an emoji may precede a host name that its second half begins. Hence
/// the host name in `a@👍.example.com`.
///
/// What fails at one letter of a word fails at those behind it too, so a word is looked at once.
fn next(text: &str, from: usize) -> Option<Candidate> {
    let mut barren = 0..0;
    for (at, c) in text.get(from..)?.char_indices() {
        let at = from + at;
        let split = (c.len_utf16() == 2).then_some((at, Some(c)));
        let behind = may_precede(c).then_some((at + c.len_utf8(), Some(c)));
        let first = (at == 0).then_some((0, None));
        for (start, before) in [split, behind, first].into_iter().flatten() {
            if barren.contains(&start) {
                continue;
            }
            match Candidate::at(text, start, before) {
                None => barren = start..start + domain::barren(text.get(start..)?),
                candidate => return candidate,
            }
        }
    }
    None
}

fn may_precede(c: char) -> bool {
    let joins = c.is_ascii_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃');
    !joins && !super::INVALID.contains(&c) || domain::is_directional(c)
}

/// What has the shape of a URL. Positions are bytes of the text.
struct Candidate {
    before: Option<char>,
    start: usize,
    scheme: Option<&'static str>,
    domain: Range<usize>,
    has_path: bool,
    end: usize,
}

impl Candidate {
    fn at(text: &str, start: usize, before: Option<char>) -> Option<Self> {
        let url = text.get(start..)?;
        let scheme = SCHEMES.into_iter().find(|scheme| starts_with(url, scheme));
        let host = start + scheme.map_or(0, str::len);
        let domain = host..host + domain::prefix(text.get(host..)?)?;
        let tail = TAIL.as_ref()?.captures(text.get(domain.end..)?)?;
        let end = domain.end + tail.get(0)?.len();
        Some(Self { before, start, scheme, domain, has_path: tail.name("path").is_some(), end })
    }

    /// The URLs that X would make of this candidate: none, one, or several host names without a scheme.
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let (Some(url), Some(domain)) = (text.get(self.start..self.end), text.get(self.domain.clone())) else {
            return Vec::new();
        };
        let scheme = self.scheme.unwrap_or("https://");
        if !is_usable(domain) || scheme.len() + url.encode_utf16().count() > MAX_URL {
            return Vec::new();
        }
        if self.scheme.is_some() {
            return self.with_scheme(url).into_iter().collect();
        }
        self.without_scheme(domain)
    }

    /// The whole candidate, but for a `t.co` link, whose code ends it.
    fn with_scheme(&self, url: &str) -> Option<Range<usize>> {
        let Some(tco) = TCO.as_ref().and_then(|tco| tco.captures(url)) else {
            return Some(self.start..self.end);
        };
        let code = tco.name("code").map_or(0, |code| code.len());
        let length = tco.get(0).map_or(0, |link| link.len());
        (code <= MAX_TCO_CODE).then_some(self.start..self.start + length)
    }

    /// The host names of Latin letters, the last one with its path.
    fn without_scheme(&self, domain: &str) -> Vec<Range<usize>> {
        if self.before.is_some_and(|c| matches!(c, '-' | '_' | '.' | '/')) {
            return Vec::new();
        }
        let offset = self.domain.start;
        let parts = domain::latin_parts(domain).into_iter();
        let mut spans: Vec<_> = parts.map(|part| offset + part.start..offset + part.end).collect();
        if let Some(last) = spans.last_mut().filter(|_| self.has_path) {
            last.end = self.end;
        }
        spans
    }
}

fn starts_with(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

fn is_usable(domain: &str) -> bool {
    domain::is_resolvable(domain) && (!domain.starts_with("xn--") || !domain::latin_parts(domain).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = spans(text).into_iter().filter_map(|span| text.get(span)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn urls_are_found_where_words_end() {
        check("see https://example.com/a, then b.example.com.", &["https://example.com/a", "b.example.com"]);
        check("me@example.com #example.com $example.com", &[]);
        check("-example.com a/example.com", &[]);
    }

    #[test]
    fn a_path_keeps_balanced_parentheses_only() {
        check("(https://example.com/a_(b))", &["https://example.com/a_(b)"]);
        check("https://example.com/a(b", &["https://example.com/a"]);
    }

    #[test]
    fn without_a_scheme_the_query_needs_a_path() {
        check("example.com?a=1", &["example.com"]);
        check("example.com/?a=1", &["example.com/?a=1"]);
        check("https://example.com?a=1", &["https://example.com?a=1"]);
    }

    #[test]
    fn a_short_link_ends_with_its_code() {
        check("https://t.co/abc123/extra", &["https://t.co/abc123"]);
        check(&format!("https://t.co/{}", "a".repeat(41)), &[]);
    }
}
