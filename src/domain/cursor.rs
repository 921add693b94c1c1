//! Where a page of a listing ended. Opaque to clients, who only hand it back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::Timestamp;

/// The longest id a cursor carries, in bytes: a cursor comes from outside.
const LONGEST_ID: usize = 64;

/// The last row of a page: when it was made, and its id, which tells rows of one moment apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the row was made.
    pub at: Timestamp,
    /// Its id.
    pub id: String,
}

impl Cursor {
    /// The text clients are given: base64url of `{ms}:{id}`.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.at.as_ms(), self.id))
    }

    /// Reads a text that came back.
    ///
    /// # Errors
    /// When it is none that [`Cursor::encode`] made.
    pub fn parse(text: &str) -> Result<Self, MalformedCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| MalformedCursor)?;
        let plain = String::from_utf8(bytes).map_err(|_| MalformedCursor)?;
        let (ms, id) = plain.split_once(':').ok_or(MalformedCursor)?;
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err(MalformedCursor);
        }
        let at = Timestamp::from_ms(ms.parse().map_err(|_| MalformedCursor)?);
        Ok(Self { at, id: id.to_owned() })
    }
}

/// The text is no cursor of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this listing")]
pub struct MalformedCursor;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let cursor = Cursor { at: Timestamp::from_ms(1_800_000_000_123), id: "018bcfe5687b-00".to_owned() };
        assert_eq!(Cursor::parse(&cursor.encode()), Ok(cursor));
    }

    #[test]
    fn foreign_texts_are_refused() {
        let long = URL_SAFE_NO_PAD.encode(format!("1:{}", "a".repeat(65)));
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for text in ["", "!", "1:a", &encode("1"), &encode("1:"), &encode("-1:a"), &encode("x:a"), &long] {
            assert_eq!(Cursor::parse(text), Err(MalformedCursor), "{text}");
        }
    }
}
