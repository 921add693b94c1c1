//! The text that stands for a medium where it cannot be seen.

use serde::Serialize;

/// What a medium shows, in words: 1 to 1,000 characters (X API v2, `alt_text.text`), counted as Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AltText(String);

/// The text is empty, or longer than X takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 1000 characters")]
pub struct UnfitAltText;

impl AltText {
    /// Takes `text` if X would.
    ///
    /// # Errors
    /// When it is blank or has more than 1,000 characters.
    pub fn parse(text: String) -> Result<Self, UnfitAltText> {
        let fits = !text.trim().is_empty() && text.chars().count() <= 1000;
        if fits { Ok(Self(text)) } else { Err(UnfitAltText) }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alt_text_has_one_to_a_thousand_characters() {
        assert!(AltText::parse("ü".repeat(1000)).is_ok());
        assert_eq!(AltText::parse("a".repeat(1001)), Err(UnfitAltText));
        assert_eq!(AltText::parse(" \n".to_owned()), Err(UnfitAltText));
    }
}
