//! What a text weighs, as X counts it.

/// The measure of one text. It is taken by `x::text`, which knows how X counts; the rules of a draft only read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextMeasure {
    /// Weighted length: most scripts weigh 1 a character, CJK and emoji 2, a URL 23.
    pub weighted: u32,
    /// URLs X would shorten. A tweet with one costs more.
    pub urls: u32,
    /// Whether the text holds a character X refuses (U+FFFE, U+FEFF, U+FFFF).
    pub forbidden_characters: bool,
}

impl TextMeasure {
    /// Whether X takes a text of this measure where `max_weighted` is the account's limit.
    pub fn is_valid(&self, max_weighted: u32) -> bool {
        (1..=max_weighted).contains(&self.weighted) && !self.forbidden_characters
    }
}
