//! The body of a stream: lines as they come, a keep-alive when none came for a while.

use std::io::{Error, Result};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use crate::streams::LINE_END;

/// What a stream is told to do next.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Send this.
    Bytes(Bytes),
    /// End in order.
    End,
    /// End the connection in the middle of the body.
    BreakOff,
}

/// What one client of a stream is still to be sent. Dropping it frees the connection's place.
#[derive(Debug)]
pub(crate) struct Feed {
    pieces: UnboundedReceiver<Piece>,
    keep_alive: Duration,
}

impl Feed {
    pub(super) fn new(pieces: UnboundedReceiver<Piece>, keep_alive: Duration) -> Self {
        Self { pieces, keep_alive }
    }

    /// As a body without a length.
    pub(crate) fn body(self) -> Body {
        Body::from_stream(stream::unfold(Some(self), |feed| async {
            let mut feed = feed?;
            let next = feed.next().await?;
            let rest = next.is_ok().then_some(feed);
            Some((next, rest))
        }))
    }

    async fn next(&mut self) -> Option<Result<Bytes>> {
        match timeout(self.keep_alive, self.pieces.recv()).await {
            Err(_) => Some(Ok(Bytes::from_static(LINE_END.as_bytes()))),
            Ok(Some(Piece::Bytes(bytes))) => Some(Ok(bytes)),
            Ok(Some(Piece::BreakOff)) => Some(Err(Error::other("the stream was broken off on command"))),
            Ok(Some(Piece::End) | None) => None,
        }
    }
}
