//! Cutting a file into segments while it arrives.

use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};

use crate::{
    domain::fault::{Code, Fault},
    x::media::SEGMENT_BYTES,
};

/// [`SEGMENT_BYTES`], as memory counts.
#[expect(clippy::cast_possible_truncation, reason = "1 MiB")]
pub(super) const SEGMENT: usize = SEGMENT_BYTES as usize;

/// Bytes as they arrive, until the end or the first fault.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Fault>> + Send>>;

/// A file on its way in.
pub struct Source {
    /// Its bytes.
    pub chunks: Chunks,
    /// How many bytes there will be, if that was announced.
    pub length: Option<u64>,
    /// What the client says it is.
    pub declared: Option<String>,
}

/// The segments of a [`Source`], in order, each of 1 MiB but the last.
pub(super) struct Segments {
    chunks: Chunks,
    length: Option<u64>,
    /// What has arrived beyond the last segment: at most one chunk of the source.
    ahead: Bytes,
    seen: u64,
    ended: bool,
    digest: Sha256,
}

impl Segments {
    /// The segments of `source`.
    pub(super) fn new(source: Source) -> Self {
        Self {
            chunks: source.chunks,
            length: source.length,
            ahead: Bytes::new(),
            seen: 0,
            ended: false,
            digest: Sha256::new(),
        }
    }

    /// The next segment; none when the file is over. Reads one chunk beyond it, to know whether it was the last.
    ///
    /// # Errors
    /// What the source says, and [`Code::InvalidRequest`] when it has another length than was announced.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        self.pull().await?;
        let mut segment = BytesMut::with_capacity(self.expected());
        while !self.ahead.is_empty() && segment.len() < SEGMENT {
            let room = SEGMENT - segment.len();
            let piece = self.ahead.split_to(room.min(self.ahead.len()));
            self.digest.update(&piece);
            segment.extend_from_slice(&piece);
            self.pull().await?;
        }
        Ok((!segment.is_empty()).then(|| segment.freeze()))
    }

    /// The size of the whole file: what has been read if that was all, else what was announced.
    pub(super) fn total(&self) -> Option<u64> {
        if self.ended { Some(self.seen) } else { self.length }
    }

    /// SHA-256 of what was read, in hexadecimal.
    pub(super) fn sha256(self) -> String {
        hex::encode(self.digest.finalize())
    }

    /// Lets a chunk come if there is none ahead.
    async fn pull(&mut self) -> Result<(), Fault> {
        while self.ahead.is_empty() && !self.ended {
            match self.chunks.next().await {
                Some(chunk) => {
                    self.ahead = chunk?;
                    self.seen = self.seen.saturating_add(self.ahead.len() as u64);
                }
                None => self.ended = true,
            }
        }
        match self.length {
            Some(length) if self.seen > length || (self.ended && self.seen < length) => Err(other_length(length)),
            _ => Ok(()),
        }
    }

    /// How much room the next segment will need, as far as that is known.
    fn expected(&self) -> usize {
        let announced = self.length.unwrap_or_default().saturating_sub(self.seen);
        let left = announced.saturating_add(self.ahead.len() as u64);
        usize::try_from(left).unwrap_or(SEGMENT).min(SEGMENT)
    }
}

fn other_length(length: u64) -> Fault {
    let detail = format!(
        "The file does not have the {length} bytes that were announced. In a form, put every other field before the file, \
         or send its size in a field total_bytes before it."
    );
    Fault::new(Code::InvalidRequest, detail)
}
#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use futures_util::{FutureExt, stream};
    use proptest::prelude::*;

    use super::*;

    fn source(chunks: Vec<Bytes>, length: Option<u64>) -> Source {
        Source { chunks: Box::pin(stream::iter(chunks.into_iter().map(Ok))), length, declared: None }
    }

    async fn all(mut segments: Segments) -> Result<(Vec<Bytes>, String), Fault> {
        let mut seen = Vec::new();
        while let Some(segment) = segments.next().await? {
            seen.push(segment);
        }
        Ok((seen, segments.sha256()))
    }

    fn now<T>(work: impl Future<Output = T>) -> T {
        work.now_or_never().expect("nothing here waits")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_cutting_of_the_source_gives_the_same_segments(sizes in prop::collection::vec(0..700_000usize, 0..8)) {
            let file: Vec<u8> = (0..sizes.iter().sum::<usize>()).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let mut rest = Bytes::from(file.clone());
            let chunks = sizes.into_iter().map(|size| rest.split_to(size)).collect();
            let (segments, sha256) = now(all(Segments::new(source(chunks, None)))).unwrap();
            prop_assert_eq!(&segments.concat(), &file);
            prop_assert_eq!(sha256, hex::encode(Sha256::digest(&file)));
            let (last, whole) = segments.split_last().map_or((None, &[][..]), |(last, whole)| (Some(last), whole));
            prop_assert!(whole.iter().all(|segment| segment.len() == SEGMENT));
            prop_assert!(last.is_none_or(|last| (1..=SEGMENT).contains(&last.len())));
        }
    }

    #[test]
    fn no_more_than_a_chunk_is_read_ahead() {
        let pulled = Arc::new(AtomicUsize::new(0));
        let counter = pulled.clone();
        let chunks = stream::repeat_with(move || {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok(Bytes::from(vec![0; SEGMENT / 4]))
        });
        let mut segments = Segments::new(Source { chunks: Box::pin(chunks), length: None, declared: None });
        for taken in 1..=3 {
            now(segments.next()).unwrap();
            assert_eq!(pulled.load(Ordering::Relaxed), taken * 4 + 1);
        }
        assert_eq!(segments.total(), None);
    }

    #[test]
    fn the_size_is_known_when_the_file_ends_within_the_segment() {
        let mut segments = Segments::new(source(vec![Bytes::from(vec![1; SEGMENT])], None));
        assert_eq!(now(segments.next()).unwrap().unwrap().len(), SEGMENT);
        assert_eq!(segments.total(), Some(SEGMENT_BYTES));
    }

    #[test]
    fn a_wrong_announcement_is_found_out() {
        let five = || vec![Bytes::from_static(b"12345")];
        for length in [4, 6] {
            let fault = now(all(Segments::new(source(five(), Some(length))))).unwrap_err();
            assert_eq!(fault.code, Code::InvalidRequest, "{length}");
        }
        assert!(now(all(Segments::new(source(five(), Some(5))))).is_ok());
    }
}
