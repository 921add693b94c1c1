//! Bodies that carry a file: `multipart/form-data` with raw bytes, or JSON with base64.

use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::stream;
use multer::Multipart;
use serde_json::Value;

use super::refusal::Refusal;
use super::request::missing;
use crate::call::{Call, lookup};

/// A file, or a part of one, and the members beside it.
#[derive(Debug, Default)]
pub(super) struct FileBody {
    media: Option<Bytes>,
    members: Vec<(String, String)>,
}

impl FileBody {
    /// Reads the body of `call`; a member that is not among `known` is refused.
    pub(super) fn read(call: &Call, known: &[&str]) -> Result<Self, Refusal> {
        let body = if call.is_content_type("multipart/form-data") { multipart(call) } else { json(call) }?;
        match body.members.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, value)) => {
                Err(Refusal::invalid("media", value, format!("$.{name}: is not defined in the schema")))
            }
            None => Ok(body),
        }
    }

    /// The bytes.
    pub(super) fn media(&self) -> Result<&Bytes, Refusal> {
        self.media.as_ref().ok_or_else(|| missing("media"))
    }

    /// A member that must be there.
    pub(super) fn member(&self, name: &'static str) -> Result<&str, Refusal> {
        self.optional(name).ok_or_else(|| missing(name))
    }

    /// A member that may be there.
    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        lookup(&self.members, name)
    }
}

fn multipart(call: &Call) -> Result<FileBody, Refusal> {
    let content_type = call.header("content-type").unwrap_or_default();
    let boundary = multer::parse_boundary(content_type).map_err(|error| unreadable(&error))?;
    let body = call.body.clone();
    let whole = stream::once(async move { Ok::<_, Infallible>(body) });
    // The body is in memory already, so the reader never waits.
    let read = read_fields(Multipart::new(whole, boundary)).now_or_never();
    read.unwrap_or(Err(multer::Error::IncompleteStream)).map_err(|error| unreadable(&error))
}

async fn read_fields(mut form: Multipart<'_>) -> Result<FileBody, multer::Error> {
    let mut body = FileBody::default();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "media" {
            body.media = Some(field.bytes().await?);
        } else {
            body.members.push((name, field.text().await?));
        }
    }
    Ok(body)
}

fn json(call: &Call) -> Result<FileBody, Refusal> {
    let object: serde_json::Map<String, Value> =
        serde_json::from_slice(&call.body).map_err(|error| unreadable(&error))?;
    let mut body = FileBody::default();
    for (name, value) in object {
        match (name.as_str(), value.as_str()) {
            ("media", Some(base64)) => body.media = Some(decode(base64)?),
            _ => body.members.push((name, as_text(&value))),
        }
    }
    Ok(body)
}

fn decode(base64: &str) -> Result<Bytes, Refusal> {
    STANDARD.decode(base64).map(Bytes::from).map_err(|error| unreadable(&error))
}

/// A list, such as the additional owners of older clients, becomes one text with commas.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(as_text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::invalid("media", "", format!("The request body is not valid: {error}"))
}
