//! Segments becoming a file, without keeping the file.
//!
//! # Design
//! Only the SHA-256, the length and the first bytes of a file are of use to anybody, so a 512 MB video must not take
//! 512 MB. A segment whose turn it is is hashed and let go. One that comes early is kept until the gap before it is
//! filled: memory grows with how far out of order a client sends, not with the size of the file.

use std::collections::BTreeMap;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::refusal::Refusal;
use super::sniff::HEAD_BYTES;

/// The highest `segment_index` X takes.
pub const MAX_SEGMENT_INDEX: u16 = 999;
/// The most bytes of one segment that X's edge lets in.
pub const MAX_SEGMENT_BYTES: usize = 5 * 1024 * 1024;

/// A SHA-256.
pub(super) type Fingerprint = [u8; 32];

/// The segments that came so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Assembly {
    hasher: Sha256,
    head: Vec<u8>,
    /// Bytes of every segment taken, hashed or waiting.
    received: u64,
    /// The segments hashed, in order from 0.
    hashed: Vec<Fingerprint>,
    /// The segments that came before their turn.
    waiting: BTreeMap<u16, Bytes>,
}

/// A file that came whole.
#[derive(Clone, Debug)]
pub(super) struct Assembled {
    pub(super) sha256: Fingerprint,
    pub(super) bytes: u64,
    pub(super) head: Vec<u8>,
}

impl Assembly {
    /// A file in one piece.
    pub(super) fn whole(file: &[u8]) -> Assembled {
        let mut assembly = Self::default();
        assembly.hash(file);
        assembly.received = file.len() as u64;
        assembly.into_assembled()
    }

    /// Takes a segment. The same segment may come again; another one under its index may not.
    pub(super) fn append(&mut self, index: u16, segment: Bytes, total_bytes: u64) -> Result<(), Refusal> {
        if segment.len() > MAX_SEGMENT_BYTES {
            return Err(Refusal::ChunkTooLarge);
        }
        if let Some(earlier) = self.taken(index) {
            return same_segment(index, &earlier, &segment);
        }
        let received = self.received.saturating_add(segment.len() as u64);
        if received > total_bytes {
            let message = "The segments hold more bytes than total_bytes announced.";
            return Err(Refusal::invalid("segment_index", index, message));
        }
        self.received = received;
        self.waiting.insert(index, segment);
        self.hash_what_is_due();
        Ok(())
    }

    /// Ends the file, if it is whole.
    pub(super) fn finish(&self, total_bytes: u64) -> Result<Assembled, Refusal> {
        if !self.waiting.is_empty() {
            return Err(Refusal::invalid("segment_index", self.hashed.len(), "A segment is missing."));
        }
        if self.received != total_bytes {
            let message = format!("Received {} bytes of {total_bytes}.", self.received);
            return Err(Refusal::invalid("total_bytes", total_bytes, message));
        }
        Ok(self.clone().into_assembled())
    }

    fn taken(&self, index: u16) -> Option<Fingerprint> {
        let waiting = || self.waiting.get(&index).map(|segment| Sha256::digest(segment).into());
        self.hashed.get(usize::from(index)).copied().or_else(waiting)
    }

    fn hash_what_is_due(&mut self) {
        while let Some(segment) = u16::try_from(self.hashed.len()).ok().and_then(|next| self.waiting.remove(&next)) {
            self.hashed.push(Sha256::digest(&segment).into());
            self.hash(&segment);
        }
    }

    fn hash(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        let room = HEAD_BYTES.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(room));
    }

    fn into_assembled(self) -> Assembled {
        Assembled { sha256: self.hasher.finalize().into(), bytes: self.received, head: self.head }
    }
}

fn same_segment(index: u16, earlier: &Fingerprint, segment: &[u8]) -> Result<(), Refusal> {
    if Sha256::digest(segment).as_slice() == earlier {
        return Ok(());
    }
    Err(Refusal::invalid("segment_index", index, "Another segment was uploaded under this index."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn append(assembly: &mut Assembly, index: u16, segment: &'static [u8]) -> Result<(), Refusal> {
        assembly.append(index, Bytes::from_static(segment), 6)
    }

    #[test]
    fn order_does_not_matter_and_nothing_in_order_is_kept() {
        let mut assembly = Assembly::default();
        append(&mut assembly, 2, b"ef").unwrap();
        append(&mut assembly, 0, b"ab").unwrap();
        assert_eq!(assembly.waiting.len(), 1);
        assert!(assembly.finish(6).is_err());
        append(&mut assembly, 1, b"cd").unwrap();
        assert!(assembly.waiting.is_empty());
        let file = assembly.finish(6).unwrap();
        assert_eq!(file.sha256.as_slice(), Sha256::digest(b"abcdef").as_slice());
        assert_eq!((file.bytes, file.head.as_slice()), (6, b"abcdef".as_slice()));
    }

    #[test]
    fn a_segment_may_come_twice_but_not_change() {
        let mut assembly = Assembly::default();
        for index in [0, 2] {
            append(&mut assembly, index, b"ab").unwrap();
            append(&mut assembly, index, b"ab").unwrap();
            assert!(append(&mut assembly, index, b"xy").is_err());
        }
        assert_eq!(assembly.received, 4);
    }

    #[test]
    fn the_total_is_neither_missed_nor_passed() {
        let mut assembly = Assembly::default();
        append(&mut assembly, 0, b"abcde").unwrap();
        assert!(append(&mut assembly, 1, b"fg").is_err());
        assert!(assembly.finish(6).is_err());
        append(&mut assembly, 1, b"f").unwrap();
        assert!(assembly.finish(6).is_ok());
    }

    #[test]
    fn the_edge_refuses_a_segment_above_5_mib() {
        let mut assembly = Assembly::default();
        let segment = Bytes::from(vec![0; MAX_SEGMENT_BYTES + 1]);
        assert_eq!(assembly.append(0, segment.clone(), u64::MAX), Err(Refusal::ChunkTooLarge));
        assert_eq!(assembly.append(0, segment.slice(1..), u64::MAX), Ok(()));
        assert_eq!(assembly.head.len(), HEAD_BYTES);
    }
}
