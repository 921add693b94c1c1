//! Fairness between client applications within one window.
//!
//! An application *claims* a share of a window by asking, or by having been refused in the window before. While several claim,
//! each may have an equal part; more only of what the others' open claims leave. A claim that is not renewed by asking ends after a
//! tenth of the window, so what nobody wants is not kept for long.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// How many applications are told apart; beyond it the oldest claim is forgotten.
const MOST: usize = 64;
/// Which part of a window a claim lives.
const CLAIM_PART: u64 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Claim {
    granted: u32,
    until: Timestamp,
}

/// What each application has had of a window, and who wants more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Shares(BTreeMap<String, Claim>);

impl Shares {
    /// `application` asks: it claims its share from now on, and if it must wait, into the window that begins at `opens`.
    pub(super) fn claim(&mut self, application: &str, opens: Timestamp, length_ms: u64) {
        if self.0.len() >= MOST && !self.0.contains_key(application) {
            let oldest = self.0.iter().min_by_key(|(_, claim)| claim.until).map(|(name, _)| name.clone());
            oldest.map(|name| self.0.remove(&name));
        }
        let until = opens.plus_ms(length_ms / CLAIM_PART);
        let claim = self.0.entry(application.to_owned()).or_insert(Claim { granted: 0, until });
        claim.until = claim.until.max(until);
    }

    /// `application` gets a call.
    pub(super) fn grant(&mut self, application: &str) {
        if let Some(claim) = self.0.get_mut(application) {
            claim.granted = claim.granted.saturating_add(1);
        }
    }

    /// `application` gives a call back.
    pub(super) fn give_back(&mut self, application: &str) {
        if let Some(claim) = self.0.get_mut(application) {
            claim.granted = claim.granted.saturating_sub(1);
        }
    }

    /// What `application` has had.
    pub(super) fn granted(&self, application: &str) -> u32 {
        self.0.get(application).map_or(0, |claim| claim.granted)
    }

    /// How many calls are kept from `application` for the claims of others, in a window of which `capacity` may be shared. Nothing
    /// is, while it has had less than its own share.
    pub(super) fn kept_from(&self, application: &str, capacity: u32, now: Timestamp) -> u32 {
        let others = || self.0.iter().filter(|(name, claim)| *name != application && now < claim.until);
        let claimants = u32::try_from(others().count()).unwrap_or(u32::MAX).saturating_add(1);
        let share = capacity.div_ceil(claimants);
        if self.granted(application) < share {
            return 0;
        }
        others().fold(0, |sum, (_, claim)| sum.saturating_add(share.saturating_sub(claim.granted)))
    }

    /// When the last claim but `application`'s ends.
    pub(super) fn claimed_until(&self, application: &str) -> Option<Timestamp> {
        self.0.iter().filter(|(name, _)| *name != application).map(|(_, claim)| claim.until).max()
    }

    /// A new window begins: everybody has had nothing of it, and who still waits claims a share of it.
    pub(super) fn begin(&mut self, now: Timestamp) {
        self.0.retain(|_, claim| now < claim.until);
        self.0.values_mut().for_each(|claim| claim.granted = 0);
    }
}
