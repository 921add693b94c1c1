//! How long X finds a tweet: the weighted length of twitter-text, configuration 3.
//!
//! After NFC, a URL weighs 23 and an emoji 2, whatever they are made of. Any other code point weighs 1 in the ranges of
//! the Latin, Greek, Cyrillic, Semitic and Indic scripts and of common punctuation, and 2 elsewhere.

mod domain;
mod emoji;
mod url;

use unicode_normalization::UnicodeNormalization;

/// The longest tweet X takes from an account without Premium, in weighted length.
pub const MAX_WEIGHTED_LENGTH: usize = 280;

const URL_WEIGHT: usize = 23;
const EMOJI_WEIGHT: usize = 2;

/// Code points that X takes for damage rather than text.
const INVALID: [char; 3] = ['\u{FFFE}', '\u{FEFF}', '\u{FFFF}'];

/// What X sees in a text before it posts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The weighted length.
    pub weighted_length: usize,
    /// Whether X would post it: neither empty, nor too long, nor damaged.
    pub valid: bool,
}

/// Measures a tweet.
pub fn measure(text: &str) -> Measure {
    let text: String = text.nfc().collect();
    let weighted_length = weigh(&text);
    let fits = (1..=MAX_WEIGHTED_LENGTH).contains(&weighted_length);
    Measure { weighted_length, valid: fits && !text.contains(INVALID) }
}

/// Where links stand in `text`, which is in NFC; in bytes.
pub(crate) fn links(text: &str) -> Vec<std::ops::Range<usize>> {
    url::spans(text)
}

/// Adds up the pieces between, and including, the URLs of a normalised text.
fn weigh(text: &str) -> usize {
    let mut weight = 0;
    let mut from = 0;
    for url in url::spans(text) {
        weight += text.get(from..url.start).map_or(0, weigh_plain) + URL_WEIGHT;
        from = url.end;
    }
    weight + text.get(from..).map_or(0, weigh_plain)
}

/// Weighs a text without URLs.
fn weigh_plain(mut text: &str) -> usize {
    let mut weight = 0;
    while let Some(first) = text.chars().next() {
        let emoji = emoji::prefix(text);
        weight += if emoji.is_some() { EMOJI_WEIGHT } else { weigh_char(first) };
        text = text.get(emoji.unwrap_or(first.len_utf8())..).unwrap_or_default();
    }
    weight
}

fn weigh_char(c: char) -> usize {
    match c {
        '\0'..='\u{10FF}' | '\u{2000}'..='\u{200D}' | '\u{2010}'..='\u{201F}' | '\u{2032}'..='\u{2037}' => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vector_of_the_reference_library_holds() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../data/length-vectors.json")).unwrap();
        let vectors = vectors.as_array().unwrap();
        assert_eq!(vectors.len(), 208);
        for vector in vectors {
            let expected = Measure {
                weighted_length: vector["weighted_length"].as_u64().unwrap().try_into().unwrap(),
                valid: vector["valid"].as_bool().unwrap(),
            };
            assert_eq!(measure(vector["text"].as_str().unwrap()), expected, "{}", vector["note"]);
        }
    }

    #[test]
    fn an_emoji_inside_a_host_name_belongs_to_the_text() {
        assert_eq!(measure("👍example.com👍").weighted_length, 2 + 23 + 2);
    }

    #[test]
    fn a_long_word_before_a_full_stop_is_plain_text() {
        let text = "あ".repeat(25_000) + ". x";
        assert_eq!(measure(&text).weighted_length, 50_003);
    }
}
