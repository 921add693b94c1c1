//! A chunked upload that is still going on.

use bytes::Bytes;

use super::assembly::{Assembly, MAX_SEGMENT_INDEX};
use super::medium::{self, Medium};
use super::owners::Owners;
use super::processing::ProcessingRules;
use super::refusal::Refusal;
use super::request::Plan;
use super::sniff;

/// How long an upload may take: 15 days less a second, as X's sample answer says.
pub(super) const LIFE_S: u64 = 1_295_999;

/// A chunked upload between initialize and finalize.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) owners: Owners,
    pub(super) expires_ms: u64,
    plan: Plan,
    assembly: Assembly,
}

impl Upload {
    pub(super) fn new(owners: Owners, plan: Plan, now_ms: u64) -> Self {
        let expires_ms = now_ms.saturating_add(LIFE_S * 1000);
        Self { owners, expires_ms, plan, assembly: Assembly::default() }
    }

    pub(super) fn media_key(&self, media_id: &str) -> Option<String> {
        self.plan.category.media_key(media_id)
    }

    pub(super) fn append(&mut self, index: u64, segment: Bytes) -> Result<(), Refusal> {
        let known = u16::try_from(index).ok().filter(|index| *index <= MAX_SEGMENT_INDEX);
        let index = known.ok_or_else(|| {
            let message = format!("$.segment_index: must have a maximum value of {MAX_SEGMENT_INDEX}");
            Refusal::invalid("segment_index", index, message)
        })?;
        self.assembly.append(index, segment, self.plan.total_bytes)
    }

    /// Makes the medium. A file that is not what it was said to be is refused, or, as X only finds out about videos while
    /// it works on them, fails later.
    pub(super) fn finish(&self, media_id: &str, rules: ProcessingRules, now_ms: u64) -> Result<Medium, Refusal> {
        let file = self.assembly.finish(self.plan.total_bytes)?;
        let Plan { category, media_type, .. } = self.plan.clone();
        let genuine = sniff::matches(&media_type, &file.head);
        if !genuine && category.kind() != super::Kind::Video {
            return Err(medium::unrecognized());
        }
        let rules = ProcessingRules { fails: rules.fails || !genuine, ..rules };
        Ok(Medium::new(media_id, self.owners.clone(), category, media_type, &file, rules, now_ms))
    }
}
