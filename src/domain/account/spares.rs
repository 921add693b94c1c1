//! Tokens that came too late: from holders who were believed dead. They are used only when X refuses what is in force.

use serde::{Deserialize, Serialize};

use super::{Commit, Renewed};
use crate::domain::Sealed;

/// The most that are kept: each costs a holder who fell silent and then spoke.
const MOST: usize = 4;

/// Tokens that came too late, the newest last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Spares(Vec<Commit>);

impl Spares {
    /// Keeps what came too late. The oldest make room; what came before is not kept twice.
    pub(super) fn keep(&mut self, late: Commit) {
        self.0.retain(|kept| kept.lease_id != late.lease_id);
        self.0.push(late);
        let too_many = self.0.len().saturating_sub(MOST);
        self.0.drain(..too_many);
    }

    /// The newest that can be put in force as it is, because it is sealed under the generation that comes next.
    pub(super) fn take_for(&mut self, generation: u64) -> Option<Renewed> {
        let at = self.0.iter().rposition(|kept| kept.generation == generation)?;
        Some(self.0.remove(at).renewed)
    }

    /// The lease under which the newest came.
    pub(super) fn newest(&self) -> Option<&str> {
        self.0.last().map(|kept| kept.lease_id.as_str())
    }

    /// The refresh token that came under `lease_id`, and the generation it is sealed under.
    pub(super) fn of(&self, lease_id: &str) -> Option<(&Sealed, u64)> {
        let kept = self.0.iter().find(|kept| kept.lease_id == lease_id)?;
        Some((&kept.renewed.sealed_refresh, kept.generation))
    }

    /// X has refused the one that came under `lease_id`.
    pub(super) fn drop(&mut self, lease_id: &str) {
        self.0.retain(|kept| kept.lease_id != lease_id);
    }

    /// `generation` is in force: what is older than the one before it saves nobody.
    pub(super) fn moved_on(&mut self, generation: u64) {
        self.0.retain(|kept| kept.generation.saturating_add(1) >= generation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn late(lease_id: &str, generation: u64) -> Commit {
        let sealed = |name: &str| Sealed::from_envelope(format!("{name} of {lease_id}"));
        let renewed = Renewed {
            sealed_access: sealed("access"),
            sealed_refresh: sealed("refresh"),
            expires_at: Timestamp::from_seconds(1),
        };
        Commit { lease_id: lease_id.to_owned(), generation, renewed }
    }

    #[test]
    fn the_newest_four_are_kept_once_each() {
        let mut spares = Spares::default();
        for lease in ["a", "b", "b", "c", "d", "e"] {
            spares.keep(late(lease, 2));
        }
        let leases: Vec<&str> = spares.0.iter().map(|kept| kept.lease_id.as_str()).collect();
        assert_eq!(leases, ["b", "c", "d", "e"]);
        assert_eq!(spares.newest(), Some("e"));
        assert_eq!(spares.of("b").map(|(_, sealed_under)| sealed_under), Some(2));
        assert!(spares.of("a").is_none());
    }

    #[test]
    fn only_the_next_generation_can_be_put_in_force() {
        let mut spares = Spares::default();
        spares.keep(late("a", 2));
        spares.keep(late("b", 3));
        assert!(spares.take_for(4).is_none());
        assert_eq!(spares.take_for(2), Some(late("a", 2).renewed));
        spares.moved_on(4);
        assert!(spares.newest().is_some());
        spares.moved_on(5);
        assert!(spares.newest().is_none());
    }
}
