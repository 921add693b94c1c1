//! Connecting to a stream.

use std::time::Duration;

use http::StatusCode;

use crate::answer::{Answer, JSON, Outcome};
use crate::call::Call;
use crate::state::State;
use crate::streams::Audience;
use crate::tweets::view::View;
use crate::vectors;

/// Path of the filtered stream.
pub(crate) const SEARCH: &str = "/2/tweets/search/stream";
/// Path of the sample of all tweets; here the sample is all of them.
pub(crate) const SAMPLE: &str = "/2/tweets/sample/stream";

/// `GET /2/tweets/search/stream`
///
/// Without any rule it tells every tweet, unless the rule `stream_needs_filter` asks for X's refusal.
pub(crate) fn search(state: &mut State, call: &Call) -> Outcome {
    if state.rules.stream_needs_filter && state.streams.filter.is_empty() {
        return vectors::refuse("conflict-no-rules");
    }
    open(state, SEARCH, Audience::Filtered(View::asked(call)?))
}

/// `GET /2/tweets/sample/stream`
pub(crate) fn sample(state: &mut State, call: &Call) -> Outcome {
    open(state, SAMPLE, Audience::Everything(View::asked(call)?))
}

/// The stream at `path`, unless its one connection is taken.
pub(crate) fn open(state: &mut State, path: &'static str, audience: Audience) -> Outcome {
    let (keep_alive, now_ms) = (Duration::from_millis(state.rules.stream_keep_alive_ms), state.now_ms());
    match state.streams.connect(path, audience, keep_alive, now_ms) {
        Some(feed) => Ok(Answer { feed: Some(feed), ..Answer::text(StatusCode::OK, JSON, "") }),
        None => vectors::refuse("stream-too-many-connections"),
    }
}
