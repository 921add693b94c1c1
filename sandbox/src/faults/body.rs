//! Bodies that take their time, stop half way, or never end.

use std::io::Error;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use http::{HeaderValue, header};
use tokio::time::sleep;

use crate::answer::Answer;

/// Bytes of one piece of a slow body.
const SLOW_PIECE: usize = 16;
/// One piece of an endless body: white space, which leaves JSON what it was.
const SPACE: &[u8] = b"                ";

/// `answer` in small pieces, `ms_per_chunk` apart.
pub(crate) fn slow(answer: Answer, ms_per_chunk: u64) -> Response {
    let pieces = stream::unfold(answer.body.clone(), move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        sleep(Duration::from_millis(ms_per_chunk)).await;
        let piece = rest.split_to(SLOW_PIECE.min(rest.len()));
        Some((piece, rest))
    });
    streamed(answer, pieces)
}

/// `answer` with its length and the first half of its body, then nothing more.
pub(crate) fn stalled(answer: Answer) -> Response {
    let length = answer.body.len();
    let half = answer.body.slice(..length / 2);
    let mut response = streamed(answer, stream::iter([half]).chain(stream::pending()));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// `answer` without a length, then white space every `ms_per_chunk`, for ever.
pub(crate) fn endless(answer: Answer, ms_per_chunk: u64) -> Response {
    let body = stream::iter([answer.body.clone()]);
    let space = stream::unfold((), move |()| async move {
        sleep(Duration::from_millis(ms_per_chunk)).await;
        Some((Bytes::from_static(SPACE), ()))
    });
    streamed(answer, body.chain(space))
}

/// The head of `answer` with another body.
fn streamed(answer: Answer, pieces: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let mut response = Response::new(Body::from_stream(pieces.map(Ok::<Bytes, Error>)));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
