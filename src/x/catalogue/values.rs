//! What stands in a path in place of a template's parameters.

/// No template has more parameters.
const MOST: usize = 3;
/// The longest value, in bytes.
const LONGEST: usize = 128;

/// The values of a template's parameters, in order; at most three. Only [`super::find`] makes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values<'p> {
    values: [&'p str; MOST],
    count: usize,
}

impl<'p> Values<'p> {
    /// These, and then `value`. Nothing if they are too many.
    pub(super) fn and(mut self, value: &'p str) -> Option<Self> {
        *self.values.get_mut(self.count)? = value;
        self.count += 1;
        Some(self)
    }

    /// The values, in order.
    pub fn iter(&self) -> impl Iterator<Item = &'p str> {
        self.values.into_iter().take(self.count)
    }

    /// The bytes of all together.
    pub(super) fn length(&self) -> usize {
        self.values.iter().map(|value| value.len()).sum()
    }
}

/// Whether X could have such an id: 1 to 128 bytes of letters, digits and `-`, `_`, `.`, `:`, but neither `.` nor `..`.
///
/// Ids of tweets, users, lists and spaces, usernames and media keys need no more than letters, digits and `_`; conversations have
/// `-` or `:`, and the files of direct messages end in `.jpg`. Whether there is such an id, X says itself.
pub fn is_value(text: &str) -> bool {
    let fits = |byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b':');
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(fits) && text != "." && text != ".."
}
