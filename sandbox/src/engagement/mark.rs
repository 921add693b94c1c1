//! What likes, retweets and bookmarks have in common: a user marks a tweet once.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::engagement::{Engagement, Marks};
use crate::fields;
use crate::refusal;
use crate::state::State;
use crate::tweets::lookup::existing;
use crate::tweets::page::{self, Page, Sizes};
use crate::users;
use crate::vectors;

/// One kind of mark.
pub(crate) struct Kind {
    /// The member of the answer: `liked`, `retweeted`, `bookmarked`.
    pub(crate) answer: &'static str,
    /// The effect of making it.
    pub(crate) created: &'static str,
    /// The effect of removing it.
    pub(crate) deleted: &'static str,
    /// Where marks of this kind are kept.
    pub(crate) marks: fn(&mut Engagement) -> &mut Marks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    tweet_id: String,
    #[serde(default, rename = "folder_id")]
    _folder_id: Option<String>,
}

/// Marks the tweet of the body; a second time changes nothing and answers the same.
pub(crate) fn create(state: &mut State, call: &Call, kind: &Kind) -> Outcome {
    let user = own_id(call)?;
    let Ok(body) = serde_json::from_slice::<Body>(&call.body) else {
        return refusal::invalid("tweet_id", "", "The `tweet_id` field is required").refused();
    };
    let id = existing(state, "tweet_id", &body.tweet_id)?.id;
    if (kind.marks)(&mut state.engagement).add(user, id) {
        state.commit(kind.created, Some(user), json!({ "tweet_id": id.to_string() }));
    }
    Ok(answer(kind, true, Some(id)))
}

/// Removes the mark from the tweet the path names by `parameter`, if there is one.
pub(crate) fn delete(state: &mut State, call: &Call, kind: &Kind, parameter: &'static str) -> Outcome {
    let user = own_id(call)?;
    let given = call.param(parameter);
    let Ok(id) = given.parse::<u64>() else {
        return refusal::not_valid(parameter, given).refused();
    };
    if (kind.marks)(&mut state.engagement).remove(user, id) {
        state.commit(kind.deleted, Some(user), json!({ "tweet_id": id.to_string() }));
    }
    Ok(answer(kind, false, None))
}

/// A page of the marked tweets, newest mark first. `low` is the smallest `max_results`.
pub(crate) fn tweets_of(state: &State, call: &Call, marked: &[u64], low: usize) -> Outcome {
    let tweets = marked.iter().rev().filter_map(|id| state.tweets.get(*id));
    page::of_marked_tweets(state, call, Sizes { low, high: 100, default: 100 }, tweets)
}

/// A page of the users who marked the tweet of the path, newest mark first.
pub(crate) fn users_of(state: &State, call: &Call, marks: fn(&Engagement) -> &Marks) -> Outcome {
    let id = existing(state, "id", call.param("id"))?.id;
    let fields = fields::of_users(call)?;
    let page = Page::asked(call, Sizes { low: 1, high: 100, default: 100 })?;
    let users = marks(&state.engagement).of_tweet(id).iter().rev().filter_map(|user| state.users.by_id(user));
    let (users, next) = page.cut(users);
    let meta = page::meta(users.len(), next);
    let data = users.into_iter().map(|user| users::view::user(state, user, &fields)).collect();
    Ok(page::answer(data, meta, None))
}

/// The `{id}` of the path, which must be the caller's own.
pub(crate) fn own_id(call: &Call) -> Result<&str, Box<Answer>> {
    own(call, "id")
}

/// The user the path names by `parameter`, who must be the caller.
pub(crate) fn own<'call>(call: &'call Call, parameter: &str) -> Result<&'call str, Box<Answer>> {
    let given = call.param(parameter);
    match call.caller.user_id() {
        Some(user) if user == given => Ok(user),
        Some(user) => refusal::user_mismatch(given, user).refused(),
        None => vectors::refuse("unauthorized-problem"),
    }
}

/// A retweet's answer carries the id of the tweet as `rest_id`.
fn answer(kind: &Kind, marked: bool, id: Option<u64>) -> Answer {
    let mut data = Map::new();
    data.insert(kind.answer.to_owned(), Value::Bool(marked));
    if let (Some(id), "retweeted") = (id, kind.answer) {
        data.insert("rest_id".to_owned(), json!(id.to_string()));
    }
    Answer::ok(&json!({ "data": data }))
}
