//! A tweet as JSON, with the fields and expansions that were asked for.

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::clock::rfc3339;
use crate::fields;
use crate::state::State;
use crate::tweets::Tweet;
use crate::tweets::shown::Shown;
use crate::users;

/// How tweets shall be shown.
pub(crate) struct View {
    tweet_fields: Vec<String>,
    user_fields: Vec<String>,
    media_fields: Vec<String>,
    expansions: Vec<String>,
}

impl View {
    /// What the query asks for.
    pub(crate) fn asked(call: &Call) -> Result<Self, Box<Answer>> {
        Ok(Self {
            tweet_fields: fields::of_tweets(call)?,
            user_fields: fields::of_users(call)?,
            media_fields: fields::of_media(call)?,
            expansions: fields::expansions(call)?,
        })
    }

    /// `tweet` with `id`, `text`, `edit_history_tweet_ids` and what was asked.
    pub(crate) fn tweet(&self, state: &State, tweet: &Tweet) -> Value {
        let mut view = Map::new();
        let (id, shown) = (tweet.id.to_string(), Shown::of(state, tweet));
        view.insert("edit_history_tweet_ids".to_owned(), json!([id]));
        view.insert("id".to_owned(), json!(id));
        view.insert("text".to_owned(), json!(shown.text));
        if let Some(entities) = shown.entities().filter(|_| self.wants("entities")) {
            view.insert("entities".to_owned(), entities);
        }
        for field in FILLED.into_iter().filter(|field| self.wants(field)) {
            if let Some(value) = value(state, tweet, field) {
                view.insert(field.to_owned(), value);
            }
        }
        Value::Object(view)
    }

    /// `tweet` as `data`, with its `includes`.
    pub(crate) fn alone(&self, state: &State, tweet: &Tweet) -> Value {
        let mut body = Map::new();
        body.insert("data".to_owned(), self.tweet(state, tweet));
        body.extend(self.includes(state, &[tweet]).map(|includes| ("includes".to_owned(), includes)));
        Value::Object(body)
    }

    /// The expanded objects of `tweets`; `None` when nothing was asked or found.
    pub(crate) fn includes(&self, state: &State, tweets: &[&Tweet]) -> Option<Value> {
        let mut includes = Map::new();
        let users = self.users(state, tweets);
        if !users.is_empty() {
            includes.insert("users".to_owned(), Value::Array(users));
        }
        let referenced = self.referenced(state, tweets);
        if !referenced.is_empty() {
            includes.insert("tweets".to_owned(), Value::Array(referenced));
        }
        let media = self.media(tweets);
        if !media.is_empty() {
            includes.insert("media".to_owned(), Value::Array(media));
        }
        (!includes.is_empty()).then_some(Value::Object(includes))
    }

    /// An expansion shows the id it expands as well.
    fn wants(&self, field: &str) -> bool {
        let by_field = self.tweet_fields.iter().any(|asked| asked == field);
        by_field || self.expansions.iter().any(|asked| asked.split('.').next() == Some(field))
    }

    fn expands(&self, expansion: &str) -> bool {
        self.expansions.iter().any(|asked| asked == expansion)
    }

    fn users(&self, state: &State, tweets: &[&Tweet]) -> Vec<Value> {
        let authors = tweets.iter().filter(|_| self.expands("author_id")).map(|tweet| Some(&tweet.author_id));
        let parents =
            tweets.iter().filter(|_| self.expands("in_reply_to_user_id")).map(|tweet| tweet.reply_to_user.as_ref());
        let mut ids: Vec<&String> = authors.chain(parents).flatten().collect();
        ids.sort();
        ids.dedup();
        let found = ids.into_iter().filter_map(|id| state.users.by_id(id));
        found.map(|user| users::view::user(state, user, &self.user_fields)).collect()
    }

    /// The media of `tweets`, with `media_key`, `type` and the asked fields.
    fn media(&self, tweets: &[&Tweet]) -> Vec<Value> {
        let is_asked =
            |name: &str| ["media_key", "type"].contains(&name) || self.media_fields.iter().any(|asked| asked == name);
        let expanded = tweets.iter().filter(|_| self.expands("attachments.media_keys"));
        let objects = expanded.flat_map(|tweet| &tweet.media).map(|object| {
            let members = object.iter().filter(|(name, _)| is_asked(name));
            Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
        });
        objects.collect()
    }

    fn referenced(&self, state: &State, tweets: &[&Tweet]) -> Vec<Value> {
        if !self.expands("referenced_tweets.id") && !self.expands("referenced_posts") {
            return Vec::new();
        }
        let mut ids: Vec<u64> = tweets.iter().flat_map(|tweet| [tweet.reply_to, tweet.quotes]).flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().filter_map(|id| state.tweets.get(id)).map(|tweet| self.tweet(state, tweet)).collect()
    }
}

/// Fields this emulator fills; the others X knows are accepted and left out.
const FILLED: [&str; 11] = [
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "in_reply_to_user_id",
    "lang",
    "possibly_sensitive",
    "public_metrics",
    "referenced_posts",
    "referenced_tweets",
    "reply_settings",
];

fn value(state: &State, tweet: &Tweet, field: &str) -> Option<Value> {
    match field {
        "author_id" => Some(json!(tweet.author_id)),
        "conversation_id" => Some(json!(tweet.conversation_id.to_string())),
        "created_at" => Some(json!(rfc3339(tweet.created_at_ms))),
        "in_reply_to_user_id" => tweet.reply_to_user.as_ref().map(|id| json!(id)),
        "lang" => Some(json!("en")),
        "possibly_sensitive" => Some(json!(false)),
        "reply_settings" => Some(json!(tweet.reply_settings)),
        "public_metrics" => Some(metrics(state, tweet)),
        "referenced_tweets" | "referenced_posts" => references(tweet),
        "attachments" => attachments(tweet),
        _ => None,
    }
}

fn references(tweet: &Tweet) -> Option<Value> {
    let kinds = [("replied_to", tweet.reply_to), ("quoted", tweet.quotes)];
    let list: Vec<Value> =
        kinds.into_iter().filter_map(|(kind, id)| Some(json!({ "type": kind, "id": id?.to_string() }))).collect();
    (!list.is_empty()).then_some(Value::Array(list))
}

fn attachments(tweet: &Tweet) -> Option<Value> {
    let keys: Vec<&Value> = tweet.media.iter().filter_map(|object| object.get("media_key")).collect();
    (!keys.is_empty()).then(|| json!({ "media_keys": keys }))
}

fn metrics(state: &State, tweet: &Tweet) -> Value {
    let retweets = state.engagement.retweets.of_tweet(tweet.id).len();
    json!({
        "bookmark_count": state.engagement.bookmarks.of_tweet(tweet.id).len(),
        "impression_count": 0,
        "like_count": state.engagement.likes.of_tweet(tweet.id).len(),
        "quote_count": state.tweets.newest_first().filter(|other| other.quotes == Some(tweet.id)).count(),
        "reply_count": state.tweets.newest_first().filter(|other| other.reply_to == Some(tweet.id)).count(),
        "repost_count": retweets,
        "retweet_count": retweets,
    })
}
