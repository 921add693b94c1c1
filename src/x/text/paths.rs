//! What may follow the host in a URL: port, path, query.

use super::chars;

/// Where the run of characters for which `is` holds ends.
fn run(text: &[char], at: usize, is: fn(char) -> bool) -> usize {
    at + text.iter().skip(at).take_while(|c| is(**c)).count()
}

fn starts(text: &[char], at: usize, with: char) -> bool {
    text.get(at) == Some(&with)
}

/// The end of `:8443` at `at`, or `at`.
pub(super) fn port_end(text: &[char], at: usize) -> usize {
    let end = run(text, at + 1, |c| c.is_ascii_digit());
    if starts(text, at, ':') && end > at + 1 { end } else { at }
}

/// The end of `/a/b_(c)` at `at`, or `at`. A path ends with a character that may end it, or with a closed parenthesis.
pub(super) fn path_end(text: &[char], at: usize) -> usize {
    if !starts(text, at, '/') {
        return at;
    }
    let mut end = at + 1;
    let mut next = end;
    while let Some(c) = text.get(next).copied() {
        match parenthesis_end(text, next) {
            Some(closed) => (next, end) = (closed, closed),
            None if chars::is_path(c) => next += 1,
            None => break,
        }
        if chars::is_path_end(c) {
            end = next;
        }
    }
    end
}

/// The end of a balanced `(a)` or `(a(b)c)` at `at`: one level of nesting.
fn parenthesis_end(text: &[char], at: usize) -> Option<usize> {
    let open = starts(text, at, '(').then_some(at + 1)?;
    let inner = run(text, open, chars::is_path);
    if starts(text, inner, ')') {
        return (inner > open).then_some(inner + 1);
    }
    let nested = starts(text, inner, '(').then_some(inner + 1)?;
    let close = run(text, nested, chars::is_path);
    let last = run(text, close + 1, chars::is_path);
    (close > nested && starts(text, close, ')') && starts(text, last, ')')).then_some(last + 1)
}

/// The end of `?a=b` at `at`, or `at`.
pub(super) fn query_end(text: &[char], at: usize) -> usize {
    let end = run(text, at + 1, chars::is_query);
    let last = text.get(at + 1..end).and_then(|query| query.iter().rposition(|c| chars::is_query_end(*c)));
    match last {
        Some(last) if starts(text, at, '?') => at + last + 2,
        _ => at,
    }
}
