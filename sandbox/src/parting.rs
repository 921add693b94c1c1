//! Ending a connection on purpose, with or without last words.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::answer::Answer;

/// What is still written to the socket before it is closed, and how it is closed.
#[derive(Debug)]
pub(crate) struct LastWords {
    /// Raw bytes, HTTP head included.
    pub(crate) bytes: Bytes,
    pub(crate) close: Close,
}

/// How a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Close {
    /// TCP RST.
    Reset,
    /// An orderly end of both directions.
    Both,
    /// The end of what is sent; what the client sends is read until it ends too.
    Half,
}

/// The handle by which a request ends the connection it came on.
#[derive(Debug, Clone)]
pub(crate) struct Parting(mpsc::UnboundedSender<LastWords>);

impl LastWords {
    /// Nothing but a reset.
    pub(crate) fn none() -> Self {
        Self { bytes: Bytes::new(), close: Close::Reset }
    }

    /// `answer` with a `content-length` of `announced` and the first `sent` bytes of its body.
    pub(crate) fn of(answer: &Answer, announced: usize, sent: usize) -> Self {
        let mut bytes = format!("HTTP/1.1 {}\r\n", answer.status).into_bytes();
        for (name, value) in &answer.headers {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("content-length: {announced}\r\n\r\n").as_bytes());
        bytes.extend(answer.body.iter().take(sent));
        Self { bytes: Bytes::from(bytes), close: Close::Both }
    }

    /// The same after an interim answer (RFC 9110 section 15.2).
    pub(crate) fn after_interim(self, status: u16) -> Self {
        let mut bytes = format!("HTTP/1.1 {status} Interim\r\n\r\n").into_bytes();
        bytes.extend_from_slice(&self.bytes);
        Self { bytes: Bytes::from(bytes), ..self }
    }

    /// The same with one direction left open.
    pub(crate) fn half_closed(self) -> Self {
        Self { close: Close::Half, ..self }
    }
}

impl Parting {
    /// A handle, and where its connection listens.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<LastWords>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Ends the connection; the request that asked for it is never answered otherwise.
    pub(crate) async fn end<T>(&self, words: LastWords) -> T {
        let _ = self.0.send(words);
        std::future::pending().await
    }
}
