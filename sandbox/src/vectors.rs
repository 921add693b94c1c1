//! The catalogue of X's error answers, byte for byte, by name.

use std::collections::HashMap;
use std::sync::LazyLock;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;

use crate::answer::Answer;

/// One error answer of X as it was observed or documented.
#[derive(Debug, Deserialize)]
pub(crate) struct Vector {
    name: String,
    status: u16,
    content_type: String,
    headers: HashMap<String, String>,
    body: String,
}

static VECTORS: LazyLock<HashMap<String, Vector>> = LazyLock::new(|| {
    let rows: Vec<Vector> = serde_json::from_str(include_str!("../data/error-vectors.json")).unwrap_or_default();
    rows.into_iter().map(|row| (row.name.clone(), row)).collect()
});

/// The vector called `name`, as an answer; `None` when there is no such vector.
pub(crate) fn find(name: &str) -> Option<Answer> {
    VECTORS.get(name).map(Vector::answer)
}

/// The vector called `name`; a name that does not exist answers an empty 500.
///
/// For names written in this crate: a test proves that each of them exists.
pub(crate) fn answer(name: &str) -> Answer {
    find(name).unwrap_or_else(|| Answer::empty(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The vector called `name` as a refusal.
pub(crate) fn refuse<T>(name: &str) -> Result<T, Box<Answer>> {
    answer(name).refused()
}

impl Vector {
    fn answer(&self) -> Answer {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = Answer::empty(status);
        if !self.content_type.is_empty() {
            answer = answer.with_header("content-type", &self.content_type);
        }
        for (name, value) in &self.headers {
            answer = answer.with_header(name, value);
        }
        answer.body = Bytes::from(self.body.clone());
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector names written in this crate's sources.
    fn named_in(folder: &std::path::Path, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named_in(&path, names);
            } else {
                let source = std::fs::read_to_string(&path).unwrap();
                for call in ["refuse", "answer"] {
                    let call = format!("vectors::{call}(\"");
                    let rests = source.split(call.as_str()).skip(1);
                    names.extend(rests.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned()));
                }
            }
        }
    }

    #[test]
    fn every_name_written_in_the_sources_exists() {
        let mut names = Vec::new();
        named_in(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
        assert!(names.len() > 15, "{names:?}");
        for name in names {
            assert!(find(&name).is_some(), "no vector is called {name}");
        }
    }

    #[test]
    fn every_vector_becomes_an_answer_with_its_own_bytes() {
        assert_eq!(VECTORS.len(), 110);
        let duplicate = answer("duplicate");
        assert_eq!(duplicate.status, 403);
        assert_eq!(
            duplicate.body,
            r#"{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}"#
        );
        assert!(find("no-such-vector").is_none());
    }
}
