//! The ways in which X can misbehave.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One way to misbehave. Times are in ms unless the name says otherwise.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Fault {
    /// The first byte is late: before the request is handled, or after its effect is committed.
    Latency {
        ms: u64,
        #[serde(default)]
        after_commit: bool,
    },
    /// This answer, and nothing happens. A `body` that is no text is sent as JSON.
    Respond {
        status: u16,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        body: Value,
    },
    /// The error vector of this name, and nothing happens.
    Vector { name: String },
    /// The block page of the edge, and nothing happens.
    #[serde(rename = "html_403")]
    Html403,
    /// The real answer, announced whole and ended half way.
    CutBody {},
    /// The connection is reset, and nothing happens.
    Reset {},
    /// The effect is committed, then the connection is reset.
    CommitThenDie {},
    /// The connection is reset, and the effect is committed this much later.
    DieThenCommit { ms: u64 },
    /// Tweets younger than this cannot be seen.
    TimelineLag { ms: u64 },
    /// The real answer without its rate-limit headers.
    MissingRateHeaders {},
    /// The real answer with rate-limit headers that make no sense.
    GarbageRateHeaders {},
    /// The real answer with these rate-limit headers.
    RateHeaders { limit: u64, remaining: u64, reset_in_s: u64 },
    /// The real answer in small pieces.
    SlowBody { ms_per_chunk: u64 },
    /// A redirect to this address, and nothing happens.
    Redirect {
        to: String,
        #[serde(default = "temporary_redirect")]
        status: u16,
    },
    /// The real answer with its length, the first half of its body, then silence until the client leaves.
    Stall {},
    /// The real answer without a length, followed by white space that never ends.
    EndlessBody { ms_per_chunk: u64 },
    /// The real answer, packed as `content-encoding: gzip` says.
    Gzip {},
    /// The real answer, plain, under `content-encoding: gzip`.
    GzipLie {},
    /// The real answer under another content type.
    ContentType { value: String },
    /// The real answer with bytes in its middle that no UTF-8 text has.
    InvalidUtf8 {},
    /// The real answer with this status. One below 200 comes before it, as an interim answer.
    Status { status: u16 },
    /// The real answer among `count` more headers of `bytes` bytes each.
    Headers { count: u16, bytes: u32 },
    /// The real answer, then the end of what is sent; what the client still sends is read.
    HalfClose {},
    /// The real answer, announced as half as long as it is.
    WrongLength {},
    /// A gzip body that unpacks to this many MiB, and nothing happens.
    GzipBomb {
        #[serde(default = "default_mib")]
        mib: u32,
    },
}

fn temporary_redirect() -> u16 {
    307
}

fn default_mib() -> u32 {
    64
}

impl Fault {
    /// The name of its kind, as the ledger shows it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::Respond { .. } => "respond",
            Self::Vector { .. } => "vector",
            Self::Html403 => "html_403",
            Self::CutBody {} => "cut_body",
            Self::Reset {} => "reset",
            Self::CommitThenDie {} => "commit_then_die",
            Self::DieThenCommit { .. } => "die_then_commit",
            Self::TimelineLag { .. } => "timeline_lag",
            Self::MissingRateHeaders {} => "missing_rate_headers",
            Self::GarbageRateHeaders {} => "garbage_rate_headers",
            Self::RateHeaders { .. } => "rate_headers",
            Self::SlowBody { .. } => "slow_body",
            Self::Redirect { .. } => "redirect",
            Self::Stall {} => "stall",
            Self::EndlessBody { .. } => "endless_body",
            Self::Gzip {} => "gzip",
            Self::GzipLie {} => "gzip_lie",
            Self::ContentType { .. } => "content_type",
            Self::InvalidUtf8 {} => "invalid_utf8",
            Self::Status { .. } => "status",
            Self::Headers { .. } => "headers",
            Self::HalfClose {} => "half_close",
            Self::WrongLength {} => "wrong_length",
            Self::GzipBomb { .. } => "gzip_bomb",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_reads_back_as_its_name() {
        for json in [
            r#"{"kind":"latency","ms":1}"#,
            r#"{"kind":"respond","status":500}"#,
            r#"{"kind":"vector","name":"duplicate"}"#,
            r#"{"kind":"html_403"}"#,
            r#"{"kind":"cut_body"}"#,
            r#"{"kind":"reset"}"#,
            r#"{"kind":"commit_then_die"}"#,
            r#"{"kind":"die_then_commit","ms":1}"#,
            r#"{"kind":"timeline_lag","ms":1}"#,
            r#"{"kind":"missing_rate_headers"}"#,
            r#"{"kind":"garbage_rate_headers"}"#,
            r#"{"kind":"rate_headers","limit":1,"remaining":0,"reset_in_s":9}"#,
            r#"{"kind":"slow_body","ms_per_chunk":1}"#,
            r#"{"kind":"redirect","to":"https://example.com/"}"#,
            r#"{"kind":"stall"}"#,
            r#"{"kind":"endless_body","ms_per_chunk":1}"#,
            r#"{"kind":"gzip"}"#,
            r#"{"kind":"gzip_lie"}"#,
            r#"{"kind":"content_type","value":"text/html"}"#,
            r#"{"kind":"invalid_utf8"}"#,
            r#"{"kind":"status","status":299}"#,
            r#"{"kind":"headers","count":1,"bytes":1}"#,
            r#"{"kind":"half_close"}"#,
            r#"{"kind":"wrong_length"}"#,
            r#"{"kind":"gzip_bomb"}"#,
        ] {
            let fault: Fault = serde_json::from_str(json).unwrap();
            assert!(json.contains(&format!("\"{}\"", fault.kind())), "{json}");
        }
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"reset","ms":1}"#).is_err());
    }
}
