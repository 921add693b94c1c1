//! A body as it arrives: counted, and waited for with patience that ends.

use axum::body::Body;
use futures_util::{
    StreamExt,
    future::{Either, select},
    stream::try_unfold,
};
use http::{HeaderMap, header};

use crate::{
    domain::fault::{Code, Fault},
    gateway::body_limit,
    services::{Context, media::Chunks},
};

/// How long the next byte may be waited for, in ms.
const PATIENCE_MS: u64 = 30_000;

/// The chunks of `body`, as long as they are at most `limit` bytes together and none takes longer than [`PATIENCE_MS`].
pub(super) fn chunks(context: &Context, body: Body, limit: u64) -> Chunks {
    let timer = context.ports.timer.clone();
    Box::pin(try_unfold((body.into_data_stream(), 0), move |(mut body, seen)| {
        let timer = timer.clone();
        async move {
            let chunk = match select(body.next(), timer.sleep(PATIENCE_MS)).await {
                Either::Left((chunk, _)) => chunk,
                Either::Right(_) => return Err(too_slow()),
            };
            let Some(chunk) = chunk else {
                return Ok(None);
            };
            let chunk = chunk.map_err(|_| cut())?;
            let seen = seen + chunk.len() as u64;
            if seen > limit {
                return Err(body_limit::too_large(limit));
            }
            Ok(Some((chunk, (body, seen))))
        }
    }))
}

/// What `Content-Length` announces, if it does; the gateway has checked that it is a number.
pub(super) fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The body ended too early.
pub(super) fn cut() -> Fault {
    Fault::new(Code::InvalidRequest, "The body ended before it was complete.")
}

fn too_slow() -> Fault {
    Fault::new(Code::BodyTimeout, "No byte of the body came for 30 s.")
}
