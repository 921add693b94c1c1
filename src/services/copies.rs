//! What an isolate remembers of what others decide, each copy for a bounded time.
//!
//! While a copy is asked for, it is renewed beside the answers, halfway through its life, so that no answer waits for it. Only
//! after a pause longer than its life does the next request ask and wait.

use std::{
    borrow::Borrow,
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::Timestamp;

/// How many copies of a kind an isolate keeps. Beyond it all are dropped, which only costs asking again.
const MOST: usize = 1000;

/// The copies of one kind.
pub struct Copies<K, V>(Mutex<BTreeMap<K, Kept<V>>>);

struct Kept<V> {
    value: V,
    since: Timestamp,
    renew_at: Timestamp,
    until: Timestamp,
}

/// What is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recalled<V> {
    /// This.
    Fresh(V),
    /// This; and whoever is told so renews it, beside its answer. Others are told it is fresh meanwhile.
    Ageing(V),
    /// Nothing that may still be gone by.
    Nothing,
}

impl<K, V> Default for Copies<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord, V: Clone> Copies<K, V> {
    /// What is remembered under `key`.
    pub fn recall<Q: Ord + ?Sized>(&self, key: &Q, now: Timestamp) -> Recalled<V>
    where
        K: Borrow<Q>,
    {
        let mut all = self.all();
        match all.get_mut(key) {
            Some(kept) if now >= kept.until => Recalled::Nothing,
            Some(kept) if now >= kept.renew_at => {
                kept.renew_at = kept.until;
                Recalled::Ageing(kept.value.clone())
            }
            Some(kept) => Recalled::Fresh(kept.value.clone()),
            None => Recalled::Nothing,
        }
    }

    /// What is remembered under `key`, if it was asked for after `since`.
    pub fn recall_since<Q: Ord + ?Sized>(&self, key: &Q, since: Timestamp) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.all().get(key).filter(|kept| kept.since > since).map(|kept| kept.value.clone())
    }

    /// Remembers `value` until then.
    pub fn remember(&self, key: K, value: V, now: Timestamp, until: Timestamp) {
        let mut all = self.all();
        if all.len() >= MOST && !all.contains_key(&key) {
            all.clear();
        }
        let renew_at = now.plus_ms(until.ms_since(now) / 2);
        all.insert(key, Kept { value, since: now, renew_at, until });
    }

    /// Forgets what is under `key`.
    pub fn forget<Q: Ord + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.all().remove(key);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.all().clear();
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<K, Kept<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn after(ms: u64) -> Timestamp {
        NOW.plus_ms(ms)
    }

    #[test]
    fn a_copy_is_renewed_by_one_halfway_and_ends_with_its_time() {
        let copies = Copies::default();
        copies.remember("key", 1, NOW, after(1000));
        assert_eq!(copies.recall("key", after(499)), Recalled::Fresh(1));
        assert_eq!(copies.recall("key", after(500)), Recalled::Ageing(1));
        assert_eq!(copies.recall("key", after(999)), Recalled::Fresh(1), "somebody renews it already");
        assert_eq!(copies.recall("key", after(1000)), Recalled::Nothing);
        assert_eq!(copies.recall("other", NOW), Recalled::Nothing);
        assert_eq!(copies.recall_since("key", NOW.minus_ms(1)), Some(1));
        assert_eq!(copies.recall_since("key", NOW), None);
    }

    #[test]
    fn copies_are_bounded_in_number() {
        let copies = Copies::default();
        for key in 0..=MOST {
            copies.remember(key, (), NOW, after(1000));
        }
        assert_eq!(copies.recall(&0, NOW), Recalled::Nothing);
        assert_eq!(copies.recall(&MOST, NOW), Recalled::Fresh(()));
    }
}
