//! The ledger: every request seen and every effect committed, in one numbered order.

pub(crate) mod seen;

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::ledger::seen::Seen;

/// Requests kept; older ones are dropped and counted.
pub(crate) const REQUESTS_KEPT: usize = 50_000;

/// A change that X committed.
#[derive(Debug, Serialize)]
pub(crate) struct Effect {
    seq: u64,
    at_ms: u64,
    kind: &'static str,
    user_id: Option<String>,
    #[serde(flatten)]
    details: Map<String, Value>,
}

/// Every request seen and every effect committed.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    last_seq: u64,
    requests: VecDeque<Seen>,
    dropped_requests: u64,
    effects: Vec<Effect>,
}

impl Ledger {
    /// Notes a request on its arrival; gives its number.
    pub(crate) fn arrive(&mut self, mut seen: Seen) -> u64 {
        let seq = self.next_seq();
        seen.seq = seq;
        if self.requests.len() >= REQUESTS_KEPT {
            self.requests.pop_front();
            self.dropped_requests += 1;
        }
        self.requests.push_back(seen);
        seq
    }

    /// The request numbered `seq`, unless it was dropped.
    pub(crate) fn request(&mut self, seq: u64) -> Option<&mut Seen> {
        let index = self.requests.binary_search_by_key(&seq, |seen| seen.seq).ok()?;
        self.requests.get_mut(index)
    }

    /// Notes a committed change. `details` is a JSON object.
    pub(crate) fn commit(&mut self, at_ms: u64, kind: &'static str, user_id: Option<&str>, details: Value) {
        let seq = self.next_seq();
        let details = if let Value::Object(members) = details { members } else { Map::new() };
        self.effects.push(Effect { seq, at_ms, kind, user_id: user_id.map(str::to_owned), details });
    }

    /// Everything numbered above `since`.
    pub(crate) fn since(&self, since: u64) -> Value {
        let requests: Vec<&Seen> = self.requests.iter().filter(|seen| seen.seq > since).collect();
        let effects: Vec<&Effect> = self.effects.iter().filter(|effect| effect.seq > since).collect();
        json!({
            "requests": requests,
            "effects": effects,
            "dropped_requests": self.dropped_requests,
            "last_seq": self.last_seq,
        })
    }

    /// Forgets everything but the count: numbers are never used twice.
    pub(crate) fn clear(&mut self) {
        *self = Self { last_seq: self.last_seq, ..Self::default() };
    }

    fn next_seq(&mut self) -> u64 {
        self.last_seq += 1;
        self.last_seq
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> Seen {
        let uri = http::Uri::from_static("/2/tweets?a=b");
        Seen::new(7, "POST", &uri, &http::HeaderMap::new())
    }

    #[test]
    fn requests_and_effects_share_one_order() {
        let mut ledger = Ledger::default();
        let first = ledger.arrive(seen());
        ledger.commit(8, "tweet.create", Some("1"), json!({"tweet_id": "5"}));
        ledger.request(first).unwrap().status = Some(201);
        let all = ledger.since(0);
        assert_eq!(all["requests"][0]["seq"], 1);
        assert_eq!(all["requests"][0]["status"], 201);
        assert_eq!(all["effects"][0]["seq"], 2);
        assert_eq!(all["effects"][0]["tweet_id"], "5");
        assert_eq!(ledger.since(1)["requests"].as_array().unwrap().len(), 0);
    }

    #[test]
    fn the_oldest_requests_make_room_and_are_counted() {
        let mut ledger = Ledger::default();
        for _ in 0..REQUESTS_KEPT + 3 {
            ledger.arrive(seen());
        }
        assert_eq!(ledger.requests.len(), REQUESTS_KEPT);
        assert_eq!(ledger.since(u64::MAX)["dropped_requests"], 3);
        assert!(ledger.request(3).is_none());
        assert!(ledger.request(4).is_some());
    }
}
