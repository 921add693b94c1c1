//! Pages of a newest-first list: bounds, `max_results`, tokens and `meta`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::refusal;
use crate::state::State;
use crate::tweets::Tweet;
use crate::tweets::lookup::is_visible;
use crate::tweets::view::View;

/// Bounds of `max_results` of an endpoint.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) low: usize,
    pub(crate) high: usize,
    pub(crate) default: usize,
}

/// Where a page starts and how long it is.
pub(crate) struct Page {
    pub(crate) size: usize,
    /// How many entries earlier pages showed.
    pub(crate) skip: usize,
}

impl Page {
    /// The page the query asks for.
    pub(crate) fn asked(call: &Call, sizes: Sizes) -> Result<Self, Box<Answer>> {
        let size = match call.query("max_results") {
            None => sizes.default,
            Some(text) => match text.parse::<usize>() {
                Ok(size) if (sizes.low..=sizes.high).contains(&size) => size,
                _ => {
                    return refusal::not_between("max_results", text, sizes.low, sizes.high).refused();
                }
            },
        };
        let given =
            ["pagination_token", "next_token"].iter().find_map(|&name| call.query(name).map(|text| (name, text)));
        let skip = match given {
            None => 0,
            Some((name, text)) => match read_token(text) {
                Some(skip) => skip,
                None => return refusal::not_valid(name, text).refused(),
            },
        };
        Ok(Self { size, skip })
    }

    /// Cuts the page out of `all`; the token of the next page when there is one.
    pub(crate) fn cut<T>(&self, all: impl Iterator<Item = T>) -> (Vec<T>, Option<String>) {
        let mut rest = all.skip(self.skip);
        let page: Vec<T> = rest.by_ref().take(self.size).collect();
        let next = rest.next().map(|_| token(self.skip + self.size));
        (page, next)
    }
}

/// A page of tweets, newest first; its `meta` names the newest and the oldest.
pub(crate) fn of_tweets<'state>(
    state: &'state State,
    call: &Call,
    sizes: Sizes,
    all: impl Iterator<Item = &'state Tweet>,
) -> Outcome {
    list(state, call, sizes, all, ends)
}

/// A page of tweets in the order of their marks, which has neither newest nor oldest.
pub(crate) fn of_marked_tweets<'state>(
    state: &'state State,
    call: &Call,
    sizes: Sizes,
    all: impl Iterator<Item = &'state Tweet>,
) -> Outcome {
    list(state, call, sizes, all, |_| Map::new())
}

/// A page of tweets with `meta` and `includes`, of those the query's bounds let through.
fn list<'state>(
    state: &'state State,
    call: &Call,
    sizes: Sizes,
    all: impl Iterator<Item = &'state Tweet>,
    ends: fn(&[&Tweet]) -> Map<String, Value>,
) -> Outcome {
    let (page, view, bounds) = (Page::asked(call, sizes)?, View::asked(call)?, Bounds::asked(call)?);
    let (tweets, next) = page.cut(all.filter(|tweet| bounds.contain(tweet) && is_visible(state, call, tweet)));
    let mut meta = meta(tweets.len(), next);
    meta.extend(ends(&tweets));
    let data = tweets.iter().map(|tweet| view.tweet(state, tweet)).collect();
    Ok(answer(data, meta, view.includes(state, &tweets)))
}

fn ends(tweets: &[&Tweet]) -> Map<String, Value> {
    let ends = [("newest_id", tweets.first()), ("oldest_id", tweets.last())];
    let named = ends.into_iter().filter_map(|(name, tweet)| Some((name.to_owned(), json!(tweet?.id.to_string()))));
    named.collect()
}

/// `200` with `data` (left out when empty), `meta` and `includes`.
pub(crate) fn answer(data: Vec<Value>, meta: Map<String, Value>, includes: Option<Value>) -> Answer {
    let mut body = Map::new();
    if !data.is_empty() {
        body.insert("data".to_owned(), Value::Array(data));
    }
    body.insert("meta".to_owned(), Value::Object(meta));
    if let Some(includes) = includes {
        body.insert("includes".to_owned(), includes);
    }
    Answer::ok(&body)
}

/// `result_count`, and `next_token` when there is a next page.
pub(crate) fn meta(count: usize, next: Option<String>) -> Map<String, Value> {
    let mut meta = Map::new();
    meta.insert("result_count".to_owned(), json!(count));
    if let Some(token) = next {
        meta.insert("next_token".to_owned(), json!(token));
    }
    meta
}

/// `since_id`, `until_id`, `start_time`, `end_time`: exclusive, exclusive, inclusive, exclusive.
struct Bounds {
    since_id: u64,
    until_id: u64,
    start_ms: u64,
    end_ms: u64,
}

impl Bounds {
    fn asked(call: &Call) -> Result<Self, Box<Answer>> {
        Ok(Self {
            since_id: number(call, "since_id")?.unwrap_or(0),
            until_id: number(call, "until_id")?.unwrap_or(u64::MAX),
            start_ms: time(call, "start_time")?.unwrap_or(0),
            end_ms: time(call, "end_time")?.unwrap_or(u64::MAX),
        })
    }

    fn contain(&self, tweet: &Tweet) -> bool {
        tweet.id > self.since_id
            && tweet.id < self.until_id
            && (self.start_ms..self.end_ms).contains(&tweet.created_at_ms)
    }
}

fn number(call: &Call, name: &str) -> Result<Option<u64>, Box<Answer>> {
    let Some(text) = call.query(name) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| Box::new(refusal::not_valid(name, text)))
}

fn time(call: &Call, name: &str) -> Result<Option<u64>, Box<Answer>> {
    let Some(text) = call.query(name) else {
        return Ok(None);
    };
    let parsed = text.parse::<jiff::Timestamp>().ok().and_then(|time| u64::try_from(time.as_millisecond()).ok());
    parsed.map_or_else(|| refusal::not_valid(name, text).refused(), |ms| Ok(Some(ms)))
}

fn token(skip: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("page:{skip}"))
}

fn read_token(text: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("page:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_until_the_end() {
        let first = Page { size: 2, skip: 0 };
        let (page, next) = first.cut(1..=3);
        assert_eq!(page, [1, 2]);
        let second = Page { size: 2, skip: read_token(&next.unwrap()).unwrap() };
        let (page, next) = second.cut(1..=3);
        assert_eq!(page, [3]);
        assert!(next.is_none());
        assert!(read_token("bm90IGEgcGFnZQ").is_none());
    }
}
