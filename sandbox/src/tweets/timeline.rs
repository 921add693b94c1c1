//! A user's tweets, those that mention a user, those of all a user follows, and those that quote a tweet.

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::config::is_id;
use crate::engagement::mark::own_id;
use crate::refusal::{self, Missing};
use crate::state::State;
use crate::tweets::Tweet;
use crate::tweets::lookup::existing;
use crate::tweets::page::{self, Sizes};

const SIZES: Sizes = Sizes { low: 5, high: 100, default: 10 };

/// `GET /2/users/{id}/tweets`; `exclude=replies` leaves replies out.
pub(crate) fn of_user(state: &mut State, call: &Call) -> Outcome {
    let id = call.param("id");
    if let Some(answer) = unless_user(state, id)? {
        return Ok(answer);
    }
    let no_replies = leaves_replies_out(call);
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

/// `GET /2/users/{id}/timelines/reverse_chronological`: the caller's own tweets and those of whom they follow.
pub(crate) fn home(state: &mut State, call: &Call) -> Outcome {
    let user = own_id(call)?;
    let is_shown = |tweet: &&Tweet| {
        (tweet.author_id == user || state.follows.is_following(user, &tweet.author_id))
            && !(leaves_replies_out(call) && tweet.reply_to.is_some())
    };
    let sizes = Sizes { low: 1, high: 100, default: 100 };
    page::of_tweets(state, call, sizes, state.tweets.newest_first().filter(is_shown))
}

/// `GET /2/tweets/{id}/quote_tweets`
pub(crate) fn quotes(state: &mut State, call: &Call) -> Outcome {
    let id = existing(state, "id", call.param("id"))?.id;
    let sizes = Sizes { low: 10, high: 100, default: 10 };
    page::of_marked_tweets(state, call, sizes, state.tweets.newest_first().filter(|tweet| tweet.quotes == Some(id)))
}

fn leaves_replies_out(call: &Call) -> bool {
    call.query("exclude").is_some_and(|list| list.split(',').any(|kind| kind == "replies"))
}

/// X's answer when `id` is no user.
pub(crate) fn unless_user(state: &State, id: &str) -> Result<Option<Answer>, Box<Answer>> {
    if !is_id(id) {
        return refusal::not_valid("id", id).refused();
    }
    let missing = || Missing { resource: "user", parameter: "id", value: id }.alone();
    Ok(state.users.by_id(id).is_none().then(missing))
}
