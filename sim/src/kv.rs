//! KV as it is: each location keeps what it has read, misses too, for as long as the weather says; the last writer wins.

use std::collections::BTreeMap;

use futures_channel::oneshot;
use perch::ports::{Kv, Unavailable};

use crate::{event, isolate::Port, world::State};

/// What stands in KV, and what each location believes.
#[derive(Default)]
pub(crate) struct Locations {
    truth: BTreeMap<String, Text>,
    seen: BTreeMap<(usize, String), Copy>,
}

struct Text {
    text: String,
    until: u64,
}

struct Copy {
    text: Option<String>,
    until: u64,
}

/// What is on its way.
pub(crate) enum Event {
    /// A key is read at a location.
    Read { location: usize, key: String, answer: oneshot::Sender<Option<String>> },
    /// A key is written, or removed.
    Write { key: String, text: Option<String>, ttl_s: Option<u64>, answer: oneshot::Sender<()> },
}

impl Locations {
    fn newest(&self, key: &str, now: u64) -> Option<&str> {
        self.truth.get(key).filter(|text| now < text.until).map(|text| text.text.as_str())
    }

    /// Everything that stands in KV at `now`.
    pub(crate) fn all(&self, now: u64) -> impl Iterator<Item = &str> {
        self.truth.values().filter(move |text| now < text.until).map(|text| text.text.as_str())
    }

    fn keys(&self, prefix: &str, limit: usize, now: u64) -> Vec<String> {
        let there = self.truth.iter().filter(|(key, text)| key.starts_with(prefix) && now < text.until);
        there.map(|(key, _)| key.clone()).take(limit).collect()
    }
}

impl State {
    pub(crate) fn kv_event(&mut self, event: Event) {
        match event {
            Event::Read { location, key, answer } => {
                let text = self.kv_read(location, &key);
                drop(answer.send(text));
            }
            Event::Write { key, text, ttl_s, answer } => {
                self.kv_write(key, text, ttl_s);
                let _ = answer.send(());
            }
        }
    }

    /// What `location` believes to stand under `key`.
    pub(crate) fn kv_read(&mut self, location: usize, key: &str) -> Option<String> {
        let now = self.now;
        let place = (location, key.to_owned());
        if let Some(copy) = self.kv.seen.get(&place).filter(|copy| now < copy.until) {
            return copy.text.clone();
        }
        let text = self.kv.newest(key, now).map(str::to_owned);
        if self.weather.kv_lag_ms > 0 {
            let until = now + self.rng.u64(..=self.weather.kv_lag_ms);
            self.kv.seen.insert(place, Copy { text: text.clone(), until });
        }
        text
    }

    pub(crate) fn kv_write(&mut self, key: String, text: Option<String>, ttl_s: Option<u64>) {
        let until = ttl_s.map_or(u64::MAX, |ttl| self.now + ttl * 1000);
        match text {
            Some(text) => drop(self.kv.truth.insert(key, Text { text, until })),
            None => drop(self.kv.truth.remove(&key)),
        }
    }
}

#[async_trait::async_trait]
impl Kv for Port {
    async fn get(&self, key: &str) -> Result<Option<String>, Unavailable> {
        let (answer, read) = oneshot::channel();
        self.world.with(|state| {
            let location = state.location(self.isolate);
            let ms = state.rng.u64(1..=20);
            state.after(ms, event::Event::Kv(Event::Read { location, key: key.to_owned(), answer }));
        });
        self.came("kv read", read).await
    }

    async fn put(&self, key: &str, value: &str, ttl_s: Option<u64>) -> Result<(), Unavailable> {
        self.write(key, Some(value.to_owned()), ttl_s).await
    }

    async fn delete(&self, key: &str) -> Result<(), Unavailable> {
        self.write(key, None, None).await
    }

    async fn list(&self, prefix: &str, limit: u32) -> Result<Vec<String>, Unavailable> {
        self.pause(20).await;
        Ok(self.world.with(|state| state.kv.keys(prefix, limit as usize, state.now)))
    }
}

impl Port {
    async fn write(&self, key: &str, text: Option<String>, ttl_s: Option<u64>) -> Result<(), Unavailable> {
        let (answer, written) = oneshot::channel();
        self.world.with(|state| {
            let ms = state.rng.u64(1..=60);
            state.after(ms, event::Event::Kv(Event::Write { key: key.to_owned(), text, ttl_s, answer }));
        });
        self.came("kv write", written).await
    }

    /// Waits for KV's answer, which the weather may turn into none; what was asked has then been done all the same.
    async fn came<T>(&self, what: &'static str, answer: oneshot::Receiver<T>) -> Result<T, Unavailable> {
        self.danger(what, 30);
        let answer = answer.await.map_err(|_| Unavailable::new("kv", "gone"));
        let is_down = self.world.with(|state| {
            let rate = state.weather.kv_down;
            state.chance(rate)
        });
        if is_down { Err(Unavailable::new("kv", "down")) } else { answer }
    }
}
