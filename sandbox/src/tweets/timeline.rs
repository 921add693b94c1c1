//! A user's tweets, and the tweets that mention a user.

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::config::is_id;
use crate::refusal::{self, Missing};
use crate::state::State;
use crate::tweets::Tweet;
use crate::tweets::page::{self, Sizes};

const SIZES: Sizes = Sizes { low: 5, high: 100, default: 10 };

/// `GET /2/users/{id}/tweets`; `exclude=replies` leaves replies out.
pub(crate) fn of_user(state: &mut State, call: &Call) -> Outcome {
    let id = call.param("id");
    if let Some(answer) = unless_user(state, id)? {
        return Ok(answer);
    }
    let no_replies = call.query("exclude").is_some_and(|list| list.split(',').any(|kind| kind == "replies"));
    let tweets = state.tweets.by_author(id).filter(|tweet| !no_replies || tweet.reply_to.is_none());
    page::of_tweets(state, call, SIZES, tweets)
}

/// `GET /2/users/{id}/mentions`
pub(crate) fn mentions(state: &mut State, call: &Call) -> Outcome {
    let id = call.param("id");
    if let Some(answer) = unless_user(state, id)? {
        return Ok(answer);
    }
    let mentions_user = |tweet: &&Tweet| {
        tweet.mentions.iter().any(|mentioned| mentioned == id) || tweet.reply_to_user.as_deref() == Some(id)
    };
    page::of_tweets(state, call, SIZES, state.tweets.newest_first().filter(mentions_user))
}

/// X's answer when `id` is no user.
fn unless_user(state: &State, id: &str) -> Result<Option<Answer>, Box<Answer>> {
    if !is_id(id) {
        return refusal::not_valid("id", id).refused();
    }
    let missing = || Missing { resource: "user", parameter: "id", value: id }.alone();
    Ok(state.users.by_id(id).is_none().then(missing))
}
