//! Feeding a reader of forms no more than it needs.
//!
//! The reader takes whatever its source has ready, and keeps it until it has found what it looks for: a body that arrives fast, or
//! a header that never ends, would fill the memory. So a [`Feed`] pauses after every piece, until the reader has used it. Outside
//! the file it gives single bytes, and only so many: then what has been given ends exactly where the file begins, and with the
//! request's length that tells the file's.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::{
    domain::fault::{Code, Fault},
    services::media::Chunks,
};

/// How much may stand before the file, and after it, in bytes: fields and the heads of parts.
const FRAME: u64 = 16 * 1024;
/// The largest piece of the file that is given at once, in bytes.
const PIECE: usize = 64 * 1024;

/// A source, in pieces.
pub(super) struct Feed {
    source: Chunks,
    held: Bytes,
    pauses: bool,
    dial: Arc<Dial>,
}

/// How a [`Feed`] gives, as its owner sets it.
pub(super) struct Dial {
    given: AtomicU64,
    /// How many single bytes may still be given; [`Dial::IN_FILE`] for whole pieces.
    frame: AtomicU64,
}

impl Dial {
    const IN_FILE: u64 = u64::MAX;

    /// How many bytes have been given.
    pub(super) fn given(&self) -> u64 {
        self.given.load(Ordering::Relaxed)
    }

    /// The file begins: give whole pieces.
    pub(super) fn enter_file(&self) {
        self.frame.store(Self::IN_FILE, Ordering::Relaxed);
    }

    /// The file is over: give single bytes again, and only so many.
    pub(super) fn leave_file(&self) {
        self.frame.store(FRAME, Ordering::Relaxed);
    }

    /// How much of `held` bytes may be given now.
    fn grant(&self, held: usize) -> Result<usize, Fault> {
        let size = match self.frame.load(Ordering::Relaxed) {
            Self::IN_FILE => held.min(PIECE),
            0 => return Err(frame_too_large()),
            left => {
                self.frame.store(left - 1, Ordering::Relaxed);
                1
            }
        };
        self.given.fetch_add(size as u64, Ordering::Relaxed);
        Ok(size)
    }
}

impl Feed {
    /// `source`, outside the file, and the dial for it.
    pub(super) fn new(source: Chunks) -> (Self, Arc<Dial>) {
        let dial = Arc::new(Dial { given: AtomicU64::new(0), frame: AtomicU64::new(FRAME) });
        let feed = Self { source, held: Bytes::new(), pauses: false, dial: dial.clone() };
        (feed, dial)
    }
}

impl Stream for Feed {
    type Item = Result<Bytes, Fault>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.pauses) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        while self.held.is_empty() {
            match ready!(self.source.poll_next_unpin(context)) {
                Some(Ok(chunk)) => self.held = chunk,
                other => return Poll::Ready(other),
            }
        }
        self.pauses = true;
        let piece = self.dial.grant(self.held.len()).map(|size| self.held.split_to(size));
        Poll::Ready(Some(piece))
    }
}

fn frame_too_large() -> Fault {
    Fault::new(Code::InvalidRequest, format!("A form may have at most {FRAME} bytes before its file, and after it."))
}
