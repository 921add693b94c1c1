//! What the gateway answered.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
    /// What was asked, for messages.
    pub question: String,
}

impl Answer {
    /// The answer itself, if it has `status`.
    #[track_caller]
    #[must_use]
    pub fn must(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{} was answered with {}", self.question, self.told());
        self
    }

    /// The answer itself, if it is a problem with `status` and `code`, whole and consistent.
    #[track_caller]
    #[must_use]
    pub fn must_be_problem(self, status: u16, code: &str) -> Self {
        let answer = self.must(status);
        let problem = answer.json();
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(problem["code"], code, "{}: {problem}", answer.question);
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail", "instance", "category", "severity", "recovery", "timestamp"] {
            assert!(problem[member].is_string(), "a problem has {member}: {problem}");
        }
        assert_eq!(problem["fingerprint"].as_str().map(str::len), Some(16));
        assert_eq!(problem["correlation_id"].as_str(), answer.header("x-request-id"));
        if matches!(status, 429 | 503) {
            let seconds = answer.header("retry-after").and_then(|text| text.parse::<u64>().ok());
            assert!(seconds.is_some_and(|seconds| seconds >= 1), "{status} says when to come back");
        }
        answer
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The member of the body that `pointer` (RFC 6901) names, as text.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        let json = self.json();
        let text = json.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("{} was answered without {pointer}: {}", self.question, self.told())).to_owned()
    }

    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The problem's code, or nothing.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Status, code and detail: what may be printed of an answer that was not expected.
    fn told(&self) -> String {
        let json = self.json();
        let member = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", self.status, member("code"), member("detail"))
    }
}
