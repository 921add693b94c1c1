//! Windows that all accounts share: the account's side, which spends leases, and the app's, which grants them.

use super::{AppLease, Ask, LeaseWish, NotBefore, PauseReason, Planner, lease};
use crate::domain::{Timestamp, window};

/// How long a wish is under way at most, in ms.
const WISH_MS: u64 = 2000;

impl Planner {
    /// Keeps a lease that the app's object has granted to this account.
    pub fn take_lease(&mut self, lease: AppLease, now: Timestamp) {
        self.leases.retain(|_, lease| now < lease.until || lease.permits > 0);
        self.wished.retain(|operation, _| lease.permits <= 1 || *operation != lease.operation);
        match self.leases.get_mut(&lease.operation) {
            Some(held) if now < held.until => {
                held.permits = held.permits.saturating_add(lease.permits);
                held.until = held.until.min(lease.until);
            }
            _ => _ = self.leases.insert(lease.operation.clone(), lease),
        }
    }

    /// Grants a lease. This is the app's own planner; `wish` comes from an account's.
    ///
    /// # Errors
    /// When a shared window has no room, or the app is paused.
    pub fn lease_out(&mut self, wish: &LeaseWish, now: Timestamp) -> Result<AppLease, NotBefore> {
        self.sweep(now);
        self.meet(&wish.operation, &wish.limits, window::SHARED, now);
        for (_, mirror) in self.shared_mut(wish) {
            mirror.give_back(wish.returned);
        }
        self.judge_shared(wish, now)?;
        let rooms = self.shared_mut(wish).filter_map(|(_, mirror)| mirror.room(wish.lane, "", now).ok()).min();
        let permits = lease::handful(wish.permits, rooms.unwrap_or(1));
        let ends = self.shared_mut(wish).map(|(_, mirror)| mirror.lease_end(now)).min();
        let until = ends.unwrap_or(now);
        self.shared_mut(wish).for_each(|(_, mirror)| mirror.count(permits, now, until));
        Ok(AppLease { operation: wish.operation.clone(), permits, until })
    }

    fn judge_shared(&mut self, wish: &LeaseWish, now: Timestamp) -> Result<(), NotBefore> {
        if let Some(refusal) = self.paused(&wish.operation, now) {
            return Err(refusal);
        }
        let shut = self.shared_mut(wish).filter_map(|(name, mirror)| {
            let until = mirror.room(wish.lane, "", now).err()?;
            Some(NotBefore { until, window: mirror.view(name, now), pause: Some(PauseReason::AppWindow) })
        });
        shut.max_by_key(|refusal| refusal.until).map_or(Ok(()), Err)
    }

    fn shared_mut(&mut self, wish: &LeaseWish) -> impl Iterator<Item = (&String, &mut super::Mirror)> {
        self.own_mut(&wish.operation).filter(|(name, _)| window::is_shared(name))
    }

    /// Uses one call of the lease of an endpoint, if there is one.
    pub(super) fn spend_permit(&mut self, operation: &str, now: Timestamp) -> bool {
        match self.leases.get_mut(operation) {
            Some(lease) if now < lease.until && lease.permits > 0 => {
                lease.permits -= 1;
                true
            }
            _ => false,
        }
    }

    pub(super) fn return_permit(&mut self, operation: &str) {
        if let Some(lease) = self.leases.get_mut(operation) {
            lease.permits = lease.permits.saturating_add(1);
        }
    }

    /// What to ask of the app, with what an ended lease has left: a handful, or while that is under way to another call, one.
    pub(super) fn wish(&mut self, ask: &Ask, now: Timestamp) -> LeaseWish {
        let returned = self.leases.remove(&ask.operation).map_or(0, |lease| lease.permits);
        let wish = LeaseWish::of(&ask.operation, &ask.app_limits, ask.lane, returned);
        let under_way = self.wished.get(&ask.operation).is_some_and(|wished| now.ms_since(*wished) < WISH_MS);
        if under_way {
            return LeaseWish { permits: 1, ..wish };
        }
        self.wished.insert(ask.operation.clone(), now);
        wish
    }
}
