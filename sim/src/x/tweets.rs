//! X's tweets: made as often as they are asked for, shown a while later, and refused when they repeat another, if X does that.

use chrono::{DateTime, SecondsFormat};
use fastrand::Rng;
use serde_json::{Value, json};

use super::Answer;
use crate::weather::one_of;

/// How many tweets a page of a timeline has.
const PAGE: usize = 100;

/// Every tweet there is.
pub(crate) struct Tweets {
    refuses_duplicates: bool,
    lag_ms: u64,
    made: Vec<Tweet>,
}

struct Tweet {
    user: u64,
    sent: String,
    at: u64,
    shown_from: u64,
}

impl Tweets {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        let lag_ms = one_of(rng, [0, 5_000, 30_000]);
        Self { refuses_duplicates: rng.bool(), lag_ms, made: Vec::new() }
    }

    /// `user` tweets. The timeline shows it after a part of the lag that its number decides.
    pub(super) fn make(&mut self, user: u64, text: &str, now: u64) -> Answer {
        if self.refuses_duplicates && self.count(text) > 0 {
            let detail = "You are not allowed to create a Tweet with duplicate content.";
            let body = json!({ "detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403 });
            return Answer { status: 403, body: body.to_string() };
        }
        let lag_ms = self.lag_ms * (self.made.len() as u64 % 4) / 3;
        self.made.push(Tweet { user, sent: text.to_owned(), at: now, shown_from: now + lag_ms });
        let id = self.made.len().to_string();
        let body = json!({ "data": { "id": id, "text": shown(text, &id), "edit_history_tweet_ids": [id] } });
        Answer { status: 201, body: body.to_string() }
    }

    /// A page of what `user` has tweeted since `since`, the youngest first, from the one called `from` on.
    pub(super) fn timeline(&self, user: u64, since: u64, from: Option<usize>, now: u64) -> Answer {
        let from = from.unwrap_or(usize::MAX);
        let numbered = self.made.iter().enumerate().map(|(index, tweet)| (index + 1, tweet));
        let there = |(number, tweet): &(usize, &Tweet)| {
            tweet.user == user && tweet.at >= since && tweet.shown_from <= now && *number <= from
        };
        let mut tweets = numbered.filter(there).collect::<Vec<_>>().into_iter().rev();
        let page: Vec<Value> = tweets.by_ref().take(PAGE).map(|(number, tweet)| tweet.shown(number)).collect();
        let next = tweets.next().map(|(next, _)| next.to_string());
        let meta = json!({ "result_count": page.len(), "next_token": next });
        Answer::ok(json!({ "data": page, "meta": meta }).to_string())
    }

    /// How often this text was tweeted.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.made.iter().filter(|tweet| tweet.sent == text).count()
    }
}

impl Tweet {
    fn shown(&self, number: usize) -> Value {
        let id = number.to_string();
        let created_at = i64::try_from(self.at).ok().and_then(DateTime::from_timestamp_millis).unwrap_or_default();
        json!({
            "id": id,
            "text": shown(&self.sent, &id),
            "created_at": created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "entities": { "urls": links(&self.sent, &id) },
        })
    }
}

/// A text as X shows it: escaped, and its link shortened.
fn shown(text: &str, id: &str) -> String {
    let words = text.split(' ').map(|word| if is_link(word) { short(id) } else { word.replace('&', "&amp;") });
    words.collect::<Vec<_>>().join(" ")
}

fn links(text: &str, id: &str) -> Vec<Value> {
    let links = text.split(' ').filter(|word| is_link(word));
    links.map(|word| json!({ "url": short(id), "expanded_url": word })).collect()
}

fn is_link(word: &str) -> bool {
    word.starts_with("https://")
}

fn short(id: &str) -> String {
    format!("https://t.co/link{id}")
}
