//! What went wrong, in our words.
//!
//! A [`Fault`] is what every floor answers with when it cannot do its work; the gateway alone turns it into a *problem*, with a
//! status (`gateway::problem`). Its [`Code`] is stable and holds no values, so it can be a metric label; what differs from case to
//! case is in the fields.

mod code;
mod kinds;

use serde::Serialize;

use super::Timestamp;

pub use code::Code;
pub use kinds::{Category, Recovery, Severity};

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", code.slug())]
pub struct Fault {
    /// Which kind.
    pub code: Code,
    /// What to tell the caller about this case; never a secret, never a body of X.
    pub detail: String,
    /// The fields at fault, when the caller's body is.
    pub fields: Vec<FieldFault>,
    /// Seconds to wait before asking again.
    pub retry_after_s: Option<u64>,
    /// What X said, when X was involved.
    pub upstream: Option<UpstreamFacts>,
    /// What was done before it went wrong, and stands.
    pub partial: Option<serde_json::Value>,
    /// The request that it was told to first, if this is not the first time: it is told again as it was.
    pub told_before: Option<Box<ToldBefore>>,
}

/// When a fault was told first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldBefore {
    /// To which request.
    pub request_id: String,
    /// When.
    pub at: Timestamp,
    /// Whether the client asks again, or it is the first time for it too.
    pub replayed: bool,
}

/// A field of the caller's body that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// Where: `text`, `poll.options[2]`.
    pub field: String,
    /// Which rule, as a stable code.
    pub rule: String,
    /// What to do about it.
    pub message: String,
}

/// What X said, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UpstreamFacts {
    /// X's status; absent when no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The last part of X's problem type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// X's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// X's detail, shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Fault {
    /// A fault of kind `code`, with what to tell the caller.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after_s: None,
            upstream: None,
            partial: None,
            told_before: None,
        }
    }

    /// The fields of the caller's body that are at fault.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldFault>) -> Self {
        self.fields = fields;
        self
    }

    /// When to ask again.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// What X said.
    #[must_use]
    pub fn with_upstream(mut self, facts: UpstreamFacts) -> Self {
        self.upstream = Some(facts);
        self
    }

    /// As it was told first.
    #[must_use]
    pub fn told_before(mut self, told: ToldBefore) -> Self {
        self.told_before = Some(Box::new(told));
        self
    }

    /// One field is at fault.
    pub fn field(field: impl Into<String>, rule: impl Into<String>, message: impl Into<String>) -> Self {
        let fault = FieldFault { field: field.into(), rule: rule.into(), message: message.into() };
        let detail = format!("{}: {}", fault.field, fault.message);
        Self::new(Code::InvalidFields, detail).with_fields(vec![fault])
    }

    /// Something of ours broke; the reason goes to the log, not to the caller.
    pub fn internal() -> Self {
        Self::new(
            Code::Internal,
            "perch could not finish this request. The operator finds it in the log by its correlation id.",
        )
    }
}
