//! The operator's own name for an account.

use crate::domain::fault::Fault;

/// The longest label, in characters.
const LONGEST: usize = 80;

/// A label as it is kept: without white space around it.
///
/// # Errors
/// [`InvalidFields`](crate::domain::fault::Code::InvalidFields) for one that is empty, longer than 80 characters, or holds
/// control characters.
pub fn label(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    let characters = text.chars().count();
    if (1..=LONGEST).contains(&characters) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Fault::field("label", "form", "Use 1 to 80 characters without line breaks."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_single_lines() {
        assert_eq!(label(" press office "), Ok("press office".to_owned()));
        assert!(label(&"é".repeat(80)).is_ok());
        for text in ["", "  ", "a\nb", "a\u{0}", &"a".repeat(81)] {
            assert!(label(text).is_err(), "{text:?}");
        }
    }
}
