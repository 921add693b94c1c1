//! Watching an exchange to its end: complete, or left by the client before that.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use crate::ledger::seen::Ending;
use crate::server::Sandbox;

/// Notes in the ledger how one exchange ended.
///
/// It lives as long as the exchange: with the request until there is an answer, then with the answer's body. Dropped
/// before the end it means that the connection is gone.
pub(crate) struct Watch {
    sandbox: Sandbox,
    seq: u64,
}

/// A body that is watched until its last byte is handed to the connection.
struct Watched {
    body: Body,
    watch: Watch,
}

impl Watch {
    /// Watches the request numbered `seq`.
    pub(crate) fn new(sandbox: Sandbox, seq: u64) -> Self {
        Self { sandbox, seq }
    }

    /// The response, watched to its end. One without a body is complete as it stands.
    pub(crate) fn over(self, response: Response, has_body: bool) -> Response {
        if !has_body || response.body().is_end_stream() {
            self.end(Ending::Complete);
            return response;
        }
        response.map(|body| Body::new(Watched { body, watch: self }))
    }

    /// Notes how it ended, unless that is known already.
    pub(crate) fn end(&self, ending: Ending) {
        self.sandbox.with(|state| {
            if let Some(seen) = state.ledger.request(self.seq) {
                seen.end(ending);
            }
        });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end(Ending::ClientGone);
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Err(_))) => self.watch.end(Ending::TornDown),
            Poll::Ready(None) => self.watch.end(Ending::Complete),
            _ if self.body.is_end_stream() => self.watch.end(Ending::Complete),
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
