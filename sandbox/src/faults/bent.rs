//! The real answer, bent: its effect is committed, and what leaves is not what X meant.

use bytes::{BufMut as _, Bytes, BytesMut};
use http::StatusCode;

use crate::answer::Answer;
use crate::faults::made::packed;

/// The most headers that are added: a header map has room for not many more.
const MOST_HEADERS: u16 = 10_000;

/// Packed, and said to be.
pub(crate) fn gzip(mut answer: Answer) -> Answer {
    answer.body = packed(&answer.body);
    gzip_lie(answer)
}

/// Plain, and said to be packed.
pub(crate) fn gzip_lie(answer: Answer) -> Answer {
    answer.with_header("content-encoding", "gzip")
}

/// With two bytes in its middle that no UTF-8 text has.
pub(crate) fn invalid_utf8(mut answer: Answer) -> Answer {
    let (before, after) = answer.body.split_at(answer.body.len() / 2);
    let mut body = BytesMut::with_capacity(answer.body.len() + 2);
    body.extend_from_slice(before);
    body.put_slice(&[0xC3, 0xFF]);
    body.extend_from_slice(after);
    answer.body = Bytes::from(body);
    answer
}

/// With another status; one that HTTP does not have changes nothing.
pub(crate) fn status(answer: Answer, status: u16) -> Answer {
    Answer { status: StatusCode::from_u16(status).unwrap_or(answer.status), ..answer }
}

/// With `count` more headers of `bytes` bytes each.
pub(crate) fn headers(answer: Answer, count: u16, bytes: u32) -> Answer {
    let value = "x".repeat(usize::try_from(bytes).unwrap_or_default());
    (0..count.min(MOST_HEADERS)).fold(answer, |answer, number| answer.with_header(&format!("x-more-{number}"), &value))
}
