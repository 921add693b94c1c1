//! Hidden replies.

use serde::Deserialize;
use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::refusal;
use crate::state::State;
use crate::tweets::lookup::existing;
use crate::vectors;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    hidden: bool,
}

/// `PUT /2/tweets/{tweet_id}/hidden`: replies in a conversation the caller started.
pub(crate) fn put(state: &mut State, call: &Call) -> Outcome {
    let user = call.caller.user_id().unwrap_or_default();
    let Ok(body) = serde_json::from_slice::<Body>(&call.body) else {
        return refusal::invalid("hidden", "", "The `hidden` field must be true or false").refused();
    };
    let tweet = existing(state, "tweet_id", call.param("tweet_id"))?;
    let id = tweet.id;
    let starter = state.tweets.get(tweet.conversation_id).map(|first| first.author_id.as_str());
    if tweet.reply_to.is_none() || starter != Some(user) {
        return vectors::refuse("not-permitted");
    }
    set(state, user, id, body.hidden);
    Ok(Answer::ok(&json!({ "data": { "hidden": body.hidden } })))
}

fn set(state: &mut State, user: &str, id: u64, hidden: bool) {
    let replies = &mut state.engagement.hidden_replies;
    let changed = if hidden { replies.insert(id) } else { replies.remove(&id) };
    if changed {
        let kind = if hidden { "reply.hide" } else { "reply.unhide" };
        state.commit(kind, Some(user), json!({ "tweet_id": id.to_string() }));
    }
}
