//! Weighted length: how X counts the characters of a tweet.
//!
//! twitter-text, configuration 3 (<https://github.com/twitter/twitter-text/blob/master/config/v3.json>): the text is put
//! into NFC; a URL weighs 23 whatever its length; an emoji weighs 2 whatever its code points; any other code point
//! weighs 1 in the light ranges and 2 elsewhere.
//!
//! # Design
//!
//! The crate `twitter-text` 0.3 counts the same, but brings a C++ bridge, a parser generator and a table of emoji
//! names into the Worker. What counting needs is little: where URLs are, and which sequences of code points are one
//! emoji. Both are walked in time linear in the text, since a Premium text has up to 25,000 characters.

mod chars;
mod domains;
mod emoji;
mod paths;
mod tlds;
mod urls;

use unicode_normalization::UnicodeNormalization;

use crate::domain::tweet::TextMeasure;

/// The longest tweet of an account without Premium, in weighted characters.
pub const MAX_WEIGHTED: u32 = 280;

/// What a URL weighs once X has replaced it by a `t.co` link.
const URL_WEIGHT: u32 = 23;

/// What an emoji weighs, and a code point outside the light ranges.
const HEAVY: u32 = 2;

/// Measures `text` as X does before it takes a tweet.
pub fn measure(text: &str) -> TextMeasure {
    let text: Vec<char> = text.nfc().collect();
    let urls = urls::find(&text);
    TextMeasure {
        weighted: weigh(&text, &urls),
        urls: saturating(urls.len()),
        forbidden_characters: text.iter().copied().any(chars::is_forbidden),
    }
}

/// Where links stand in `text`, which is in NFC; in code points.
pub fn links(text: &[char]) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
    urls::find(text).into_iter().map(|url| url.start..url.start + url.length)
}

/// The weight of all that `urls` leave over, and of the URLs.
fn weigh(text: &[char], urls: &[urls::Url]) -> u32 {
    let mut urls = urls.iter().peekable();
    let (mut at, mut weighted) = (0, 0_u32);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, weight) = match urls.next_if(|url| url.start <= at) {
            Some(url) => (url.length, URL_WEIGHT),
            None => glyph(rest),
        };
        at += length.max(1);
        weighted = weighted.saturating_add(weight);
    }
    weighted
}

/// How many code points the first emoji or character of `rest` takes, and what it weighs.
fn glyph(rest: &[char]) -> (usize, u32) {
    match (emoji::sequence(rest), rest) {
        (Some(length), _) => (length, HEAVY),
        (None, [first, ..]) if chars::is_light(*first) => (1, 1),
        _ => (1, HEAVY),
    }
}

fn saturating(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
