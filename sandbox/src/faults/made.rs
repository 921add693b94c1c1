//! Answers that no endpoint gives: a test's own, and a bomb.

use std::collections::BTreeMap;
use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use serde_json::Value;

use crate::answer::{Answer, JSON};

/// The answer a test asked for; a body that is no text is sent as JSON.
pub(crate) fn custom(status: u16, headers: &BTreeMap<String, String>, body: &Value) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match body {
        Value::Null => Bytes::new(),
        Value::String(text) => Bytes::from(text.clone()),
        json => Bytes::from(json.to_string()),
    };
    let answer = Answer::text(status, JSON, body);
    headers.iter().fold(answer, |answer, (name, value)| answer.with_header(name, value))
}

/// `body` as gzip.
pub(crate) fn packed(body: &[u8]) -> Bytes {
    let mut packer = packer();
    let whole = packer.write_all(body).and_then(|()| packer.finish());
    Bytes::from(whole.unwrap_or_default())
}

fn packer() -> GzEncoder<Vec<u8>> {
    GzEncoder::new(Vec::new(), Compression::fast())
}

/// A small gzip body that unpacks to `mib` MiB of a JSON text.
pub(crate) fn bomb(mib: u32) -> Answer {
    let mut packer = packer();
    let spaces = vec![b' '; 1024 * 1024];
    let written = (0..mib).try_for_each(|_| packer.write_all(&spaces)).and_then(|()| packer.write_all(b"{}"));
    let body = written.and_then(|()| packer.finish()).unwrap_or_default();
    Answer::text(StatusCode::OK, JSON, body).with_header("content-encoding", "gzip")
}
