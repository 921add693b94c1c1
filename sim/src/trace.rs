//! What happened, as a hash always and as lines when somebody reads them. Two runs with one hash went the same way.

/// The trace of a run.
pub(crate) struct Trace {
    hash: u64,
    lines: Option<Vec<String>>,
    start: u64,
}

impl Trace {
    /// An empty trace of a run that begins at `start`; with lines only if somebody `reads` them.
    pub(crate) fn new(start: u64, reads: bool) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, lines: reads.then(Vec::new), start }
    }

    /// Notes what happened at `now`: its kind and two numbers into the hash, its words into the lines.
    pub(crate) fn note(&mut self, now: u64, kind: &'static str, numbers: [u64; 2], words: impl FnOnce() -> String) {
        self.hash_in(&now.to_le_bytes());
        self.hash_in(kind.as_bytes());
        for number in numbers {
            self.hash_in(&number.to_le_bytes());
        }
        let since = now - self.start;
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>6}.{:03}  {kind} {}", since / 1000, since % 1000, words()));
        }
    }

    /// The hash so far.
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }

    /// The lines so far.
    pub(crate) fn take_lines(&mut self) -> Vec<String> {
        self.lines.take().unwrap_or_default()
    }

    /// FNV-1a: the same on every machine and with every compiler, which std's hasher does not promise.
    fn hash_in(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
