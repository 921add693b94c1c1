//! `DELETE /2/tweets/{id}`

use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::state::State;
use crate::tweets::lookup::existing;
use crate::vectors;

/// `DELETE /2/tweets/{id}`: own tweets only.
pub(crate) fn run(state: &mut State, call: &Call) -> Outcome {
    let user = call.caller.user_id().unwrap_or_default();
    let tweet = existing(state, "id", call.param("id"))?;
    if tweet.author_id != user {
        return vectors::refuse("not-permitted");
    }
    let id = tweet.id;
    state.tweets.remove(id);
    state.engagement.forget(id);
    state.commit("tweet.delete", Some(user), json!({ "tweet_id": id.to_string() }));
    Ok(Answer::ok(&json!({ "data": { "deleted": true } })))
}
