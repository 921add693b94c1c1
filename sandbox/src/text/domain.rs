//! Where a host name starts and ends inside a text.
//!
//! twitter-text takes any run of labels that ends in a known top-level domain. Labels may hold any letter of any script;
//! without a scheme in front only the part made of Latin letters counts.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

static TLDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../../data/tlds.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// The longest top-level domain, in code points.
static LONGEST_TLD: LazyLock<usize> = LazyLock::new(|| TLDS.iter().map(|tld| tld.chars().count()).max().unwrap_or(0));

/// The longest label that the domain name system can carry, in bytes of its ASCII form (RFC 1035, section 2.3.4).
const MAX_LABEL: usize = 63;

/// The length in bytes of the longest host name that `text` begins with.
pub(super) fn prefix(text: &str) -> Option<usize> {
    longest(text, is_label_char, is_subdomain, is_registrable)
}

/// How many bytes at the beginning of `text`, where no host name begins, cannot begin one either: the rest of the word,
/// unless it ends in a scheme.
pub(super) fn barren(text: &str) -> usize {
    let word = text.find(|c| !is_name_char(c)).unwrap_or(text.len());
    let ends_in_scheme = text.get(word..).is_some_and(|after| after.starts_with(':'));
    if ends_in_scheme { 0 } else { word }
}

/// The host names within `domain` that are made of Latin letters, before the top-level domain.
pub(super) fn latin_parts(domain: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(part) = next_latin_part(domain, from) {
        from = part.end;
        found.push(part);
    }
    found
}

fn next_latin_part(domain: &str, from: usize) -> Option<Range<usize>> {
    let rest = domain.get(from..)?;
    rest.char_indices().find_map(|(at, _)| {
        let start = from + at;
        let length = longest(domain.get(start..)?, is_latin, |_| true, |_| true)?;
        Some(start..start + length)
    })
}

/// Whether every label survives translation to ASCII within the limit of the domain name system.
pub(super) fn is_resolvable(domain: &str) -> bool {
    domain.split('.').all(|label| (1..=MAX_LABEL).contains(&ascii_length(label)))
}

fn ascii_length(label: &str) -> usize {
    if label.is_ascii() {
        return label.len();
    }
    idna::punycode::encode_str(label).map_or(usize::MAX, |code| "xn--".len() + code.len())
}

/// Walks label by label and remembers the last place where a top-level domain could follow.
fn longest(
    text: &str,
    of_label: fn(char) -> bool,
    may_continue: fn(&str) -> bool,
    may_end: fn(&str) -> bool,
) -> Option<usize> {
    let mut best = None;
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let length = rest.find(|c| !of_label(c)).unwrap_or(rest.len());
        let (label, tail) = rest.split_at_checked(length)?;
        let Some(tail) = tail.strip_prefix('.').filter(|_| !label.is_empty()) else {
            return best;
        };
        at += length + 1;
        if may_end(label) {
            best = tld(tail).map(|tld| at + tld).or(best);
        }
        if !may_continue(label) {
            return best;
        }
    }
}

/// The length in bytes of the top-level domain that `text` begins with.
fn tld(text: &str) -> Option<usize> {
    known_tld(text).or_else(|| punycode_tld(text))
}

fn known_tld(text: &str) -> Option<usize> {
    let ends = text.char_indices().take(*LONGEST_TLD).map(|(at, c)| at + c.len_utf8());
    ends.filter(|end| {
        text.split_at_checked(*end)
            .is_some_and(|(name, after)| TLDS.contains(name.to_lowercase().as_str()) && ends_there(after))
    })
    .last()
}

/// A name goes on through letters and digits, and is part of an address before an `@`.
fn ends_there(after: &str) -> bool {
    !after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-'))
}

fn punycode_tld(text: &str) -> Option<usize> {
    let (prefix, code) = text.split_at_checked("xn--".len())?;
    let length = code.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(code.len());
    (prefix.eq_ignore_ascii_case("xn--") && length > 0).then_some(prefix.len() + length)
}

fn is_subdomain(label: &str) -> bool {
    label.starts_with(is_name_char) && label.ends_with(is_name_char)
}

fn is_registrable(label: &str) -> bool {
    is_subdomain(label) && !label.contains('_')
}

fn is_label_char(c: char) -> bool {
    matches!(c, '-' | '_') || is_name_char(c)
}

/// Anything but punctuation, spaces, marks of direction and damage.
fn is_name_char(c: char) -> bool {
    !matches!(c, '!' | '#'..='/' | ':'..='@' | '['..='^' | '_' | '{'..='~')
        && !matches!(c, '\t'..='\r' | ' ' | '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{180E}' | '\u{2000}'..='\u{200A}')
        && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
        && !is_directional(c)
        && !super::INVALID.contains(&c)
}

/// Marks that turn the direction of writing.
pub(super) fn is_directional(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2066}'..='\u{2069}')
}

fn is_latin(c: char) -> bool {
    c == '-' || c.is_ascii_alphanumeric() || is_accented_latin(c)
}

fn is_accented_latin(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}' | '\u{300}'..='\u{36F}')
        || matches!(c, '\u{253}' | '\u{254}' | '\u{256}' | '\u{257}' | '\u{259}' | '\u{25B}' | '\u{263}' | '\u{268}')
        || matches!(c, '\u{26F}' | '\u{272}' | '\u{289}' | '\u{28B}' | '\u{2BB}' | '\u{1E00}'..='\u{1EFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(prefix(text).and_then(|length| text.get(..length)), expected, "{text}");
    }

    #[test]
    fn a_domain_is_as_long_as_its_last_known_top_level() {
        check("example.com/a", Some("example.com"));
        check("a.b.example.co.uk.", Some("a.b.example.co.uk"));
        check("example.com.notatld", Some("example.com"));
        check("my_host.example.com", Some("my_host.example.com"));
        check("my_host.com", None);
        check("example.com@b", None);
        check("example", None);
    }

    #[test]
    fn only_the_latin_part_counts_where_asked() {
        let domain = "詳細はexample.com";
        let parts: Vec<_> = latin_parts(domain).into_iter().filter_map(|part| domain.get(part)).collect();
        assert_eq!(parts, ["example.com"]);
    }

    #[test]
    fn a_label_has_at_most_63_bytes_in_ascii() {
        assert!(is_resolvable(&format!("{}.com", "d".repeat(63))));
        assert!(!is_resolvable(&format!("{}.com", "d".repeat(64))));
        assert!(!is_resolvable(&format!("{}.jp", "例".repeat(64))));
    }
}
