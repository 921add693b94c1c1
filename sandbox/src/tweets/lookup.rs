//! Looking tweets up: one, or up to a hundred.

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::config::is_id;
use crate::fields;
use crate::refusal::{self, Missing};
use crate::state::State;
use crate::tweets::Tweet;
use crate::tweets::view::View;

/// `GET /2/tweets/{id}`: a tweet that does not exist is `200` with only `errors`.
pub(crate) fn one(state: &mut State, call: &Call) -> Outcome {
    let id = call.param("id");
    if !is_id(id) {
        return refusal::not_valid("id", id).refused();
    }
    let view = View::asked(call)?;
    let Some(tweet) = visible(state, call, id) else {
        return Ok(Missing { resource: "tweet", parameter: "id", value: id }.alone());
    };
    Ok(Answer::ok(&view.alone(state, tweet)))
}

/// `GET /2/tweets?ids=`: what exists in `data`, what does not in `errors`.
pub(crate) fn many(state: &mut State, call: &Call) -> Outcome {
    let ids = fields::list(call, "ids", 100)?;
    if let Some(wrong) = ids.iter().find(|id| !is_id(id)) {
        return refusal::not_valid("ids", wrong).refused();
    }
    let view = View::asked(call)?;
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for id in &ids {
        match visible(state, call, id) {
            Some(tweet) => found.push(tweet),
            None => errors.push(Missing { resource: "tweet", parameter: "ids", value: id }.partial()),
        }
    }
    let data = found.iter().map(|tweet| view.tweet(state, tweet)).collect();
    Ok(fields::data_and_errors(data, &errors, view.includes(state, &found)))
}

/// The tweet a path or body names by `parameter`, or X's refusal.
pub(crate) fn existing<'state>(
    state: &'state State,
    parameter: &'static str,
    id: &str,
) -> Result<&'state Tweet, Box<Answer>> {
    if !is_id(id) {
        return refusal::not_valid(parameter, id).refused();
    }
    let found = id.parse().ok().and_then(|id| state.tweets.get(id));
    found.map_or_else(|| Missing { resource: "tweet", parameter, value: id }.problem().refused(), Ok)
}

/// Whether the tweet can be seen yet (the timeline-lag fault hides young ones).
pub(crate) fn is_visible(state: &State, call: &Call, tweet: &Tweet) -> bool {
    call.lag_ms == 0 || tweet.created_at_ms.saturating_add(call.lag_ms) <= state.now_ms()
}

fn visible<'state>(state: &'state State, call: &Call, id: &str) -> Option<&'state Tweet> {
    let tweet = state.tweets.get(id.parse().ok()?)?;
    is_visible(state, call, tweet).then_some(tweet)
}
