//! X's answer to a write, kept so that it can be given again byte for byte.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::Timestamp;

/// An answer of X, as far as clients see it, and the request it came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers that are passed on, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(serialize_with = "write_body", deserialize_with = "read_body")]
    pub body: Vec<u8>,
    /// The request it was the answer to: what is told of it again names that one.
    pub request_id: String,
    /// When.
    pub at: Timestamp,
}

/// X's bodies are JSON, which is stored as it stands; any others in base64, behind a byte that no JSON begins with.
fn write_body<S: Serializer>(body: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(body) {
        Ok(text) if !text.starts_with('\0') => serializer.serialize_str(text),
        _ => serializer.serialize_str(&format!("\0{}", STANDARD.encode(body))),
    }
}

fn read_body<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.strip_prefix('\0') {
        Some(encoded) => STANDARD.decode(encoded).map_err(serde::de::Error::custom),
        None => Ok(text.into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_body_comes_back_byte_for_byte() {
        for body in [&b"{\"data\":{\"text\":\"\xc3\xa9\"}}"[..], b"", b"\xff\x00", b"\0AAAA"] {
            let (headers, request_id) = (Vec::new(), String::new());
            let answer = Answer { status: 201, headers, body: body.to_vec(), request_id, at: Timestamp::from_ms(1) };
            let text = serde_json::to_string(&answer).unwrap();
            assert_eq!(serde_json::from_str::<Answer>(&text).unwrap(), answer, "{text}");
        }
    }
}
