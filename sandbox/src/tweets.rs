//! The tweets of the emulated X.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod draft;
pub(crate) mod lookup;
pub(crate) mod page;
pub(crate) mod search;
pub(crate) mod shown;
pub(crate) mod timeline;
pub(crate) mod view;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

/// X's own epoch, in ms since the Unix epoch: ids count from there.
const ID_EPOCH_MS: u64 = 1_288_834_974_657;

/// How long the same text by the same author is a duplicate, in ms.
pub(crate) const DUPLICATE_WINDOW_MS: u64 = 86_400_000;

/// A tweet.
#[derive(Debug, Clone)]
pub(crate) struct Tweet {
    pub(crate) id: u64,
    pub(crate) author_id: String,
    pub(crate) text: String,
    pub(crate) created_at_ms: u64,
    /// First tweet of the conversation; the tweet itself when it is no reply.
    pub(crate) conversation_id: u64,
    pub(crate) reply_to: Option<u64>,
    pub(crate) reply_to_user: Option<String>,
    pub(crate) quotes: Option<u64>,
    pub(crate) media_ids: Vec<String>,
    /// X's media objects, as they were when the tweet was made.
    pub(crate) media: Vec<Map<String, Value>>,
    pub(crate) reply_settings: String,
    /// Users mentioned in the text.
    pub(crate) mentions: Vec<String>,
}

/// All tweets, by id, which is also the order of their creation.
#[derive(Debug, Default)]
pub(crate) struct Tweets {
    by_id: BTreeMap<u64, Tweet>,
    by_author: HashMap<String, Vec<u64>>,
    by_text: HashMap<(String, String, Option<u64>), u64>,
    last_id: u64,
}

impl Tweets {
    /// An id above all given out before: X's snowflake of this time, or the next free number.
    pub(crate) fn next_id(&mut self, now_ms: u64) -> u64 {
        let snowflake = now_ms.saturating_sub(ID_EPOCH_MS) << 22;
        self.last_id = snowflake.max(self.last_id + 1);
        self.last_id
    }

    pub(crate) fn add(&mut self, tweet: Tweet) {
        self.by_author.entry(tweet.author_id.clone()).or_default().push(tweet.id);
        self.by_text.insert(text_key(&tweet), tweet.id);
        self.by_id.insert(tweet.id, tweet);
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Tweet> {
        self.by_id.get(&id)
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<Tweet> {
        let tweet = self.by_id.remove(&id)?;
        if let Some(ids) = self.by_author.get_mut(&tweet.author_id) {
            ids.retain(|other| *other != id);
        }
        let key = text_key(&tweet);
        if self.by_text.get(&key) == Some(&id) {
            self.by_text.remove(&key);
        }
        Some(tweet)
    }

    /// Whether the author said the same in the same place within the duplicate window.
    pub(crate) fn is_duplicate(&self, author: &str, text: &str, reply_to: Option<u64>, now_ms: u64) -> bool {
        let key = (author.to_owned(), text.to_owned(), reply_to);
        let earlier = self.by_text.get(&key).and_then(|id| self.by_id.get(id));
        earlier.is_some_and(|tweet| now_ms.saturating_sub(tweet.created_at_ms) < DUPLICATE_WINDOW_MS)
    }

    /// Every tweet, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Tweet> {
        self.by_id.values().rev()
    }

    /// The author's tweets, newest first.
    pub(crate) fn by_author(&self, author_id: &str) -> impl Iterator<Item = &Tweet> {
        let ids = self.by_author.get(author_id).map_or(&[][..], Vec::as_slice);
        ids.iter().rev().filter_map(|id| self.by_id.get(id))
    }

    pub(crate) fn count_by(&self, author_id: &str) -> usize {
        self.by_author.get(author_id).map_or(0, Vec::len)
    }

    pub(crate) fn count(&self) -> usize {
        self.by_id.len()
    }
}

fn text_key(tweet: &Tweet) -> (String, String, Option<u64>) {
    (tweet.author_id.clone(), tweet.text.clone(), tweet.reply_to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_within_one_millisecond() {
        let mut tweets = Tweets::default();
        let now = 1_767_225_600_000;
        let first = tweets.next_id(now);
        assert!(tweets.next_id(now) > first);
        assert!(tweets.next_id(now - 5_000) > first, "a clock that went back does not reuse ids");
        assert_eq!(first.to_string().len(), 19);
    }
}
