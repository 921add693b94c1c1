//! Top-level domains: the names that make `example.com` a URL and leave `file.txt` a word.
//!
//! `tlds.txt` is the list twitter-text 0.3.1 ships (its `tld_lib.yml`: generic, country and internationalised names),
//! taken 2026-11-20 without the `xn--` forms, which the rule for punycode covers; lower case, one a line, in byte order.

use super::chars;

static TLDS: &str = include_str!("tlds.txt");

/// The longest name of the list, in characters (`travelersinsurance`).
const LONGEST: usize = 18;

/// Where the top-level domain that starts at `at` ends, if one does.
pub(super) fn end(text: &[char], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    listed(rest).or_else(|| punycode(rest)).map(|length| at + length)
}

/// The length of the longest listed name `rest` begins with. ASCII letters, digits, `@`, `+` and `-` may not follow it.
fn listed(rest: &[char]) -> Option<usize> {
    let longest = rest.iter().take(LONGEST).take_while(|c| chars::is_domain(**c)).count();
    (1..=longest)
        .rev()
        .filter(|length| rest.get(*length).is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-'))))
        .find(|length| rest.get(..*length).is_some_and(is_listed))
}

fn is_listed(name: &[char]) -> bool {
    let name: String = name.iter().flat_map(|c| c.to_lowercase()).collect();
    contains(TLDS, &name)
}

/// `xn--` and what follows: any punycode name counts as a top-level domain.
fn punycode(rest: &[char]) -> Option<usize> {
    let (prefix, name) = rest.split_at_checked(4)?;
    let is_prefix = prefix.iter().zip("xn--".chars()).all(|(c, x)| c.eq_ignore_ascii_case(&x));
    let length = name.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '-').count();
    (is_prefix && length > 0).then_some(4 + length)
}

/// Binary search in lines sorted by their bytes.
fn contains(mut lines: &str, wanted: &str) -> bool {
    while !lines.is_empty() {
        let (before, line, after) = middle(lines);
        match wanted.cmp(line) {
            std::cmp::Ordering::Less => lines = before,
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Greater => lines = after,
        }
    }
    false
}

/// The line across the middle of `lines`, with the lines before and after it.
fn middle(lines: &str) -> (&str, &str, &str) {
    let bytes = lines.as_bytes();
    let (head, tail) = bytes.split_at(bytes.len() / 2);
    let start = head.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let end = tail.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |newline| head.len() + newline);
    let part = |range: std::ops::Range<usize>| lines.get(range).unwrap_or_default();
    (part(0..start), part(start..end), part((end + 1).min(bytes.len())..bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_name_is_found_and_the_list_is_sorted() {
        let names: Vec<_> = TLDS.lines().collect();
        assert!(names.is_sorted());
        assert!(names.iter().all(|name| contains(TLDS, name) && name.chars().count() <= LONGEST));
    }

    #[test]
    fn a_name_that_is_not_listed_is_not_found() {
        for name in ["", "a", "notatld", "comm", "co\nm", "zzzz"] {
            assert!(!contains(TLDS, name), "{name:?}");
        }
    }
}
