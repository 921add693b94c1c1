//! Ending a connection on purpose, with or without last words.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::answer::Answer;

/// What is still written to the socket before it is closed, and how it is closed.
#[derive(Debug)]
pub(crate) struct LastWords {
    /// Raw bytes, HTTP head included.
    pub(crate) bytes: Bytes,
    /// Reset (TCP RST) instead of an orderly end.
    pub(crate) reset: bool,
}

/// The handle by which a request ends the connection it came on.
#[derive(Debug, Clone)]
pub(crate) struct Parting(mpsc::UnboundedSender<LastWords>);

impl LastWords {
    /// Nothing but a reset.
    pub(crate) fn none() -> Self {
        Self { bytes: Bytes::new(), reset: true }
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
        Self { bytes: Bytes::from(bytes), reset: false }
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
