//! Likes.

use crate::answer::Outcome;
use crate::call::Call;
use crate::engagement::{Engagement, Marks, mark};
use crate::state::State;

const LIKE: mark::Kind = mark::Kind { answer: "liked", created: "like.create", deleted: "like.delete", marks: likes };

fn likes(engagement: &mut Engagement) -> &mut Marks {
    &mut engagement.likes
}

/// `POST /2/users/{id}/likes`
pub(crate) fn create(state: &mut State, call: &Call) -> Outcome {
    mark::create(state, call, &LIKE)
}

/// `DELETE /2/users/{id}/likes/{tweet_id}`
pub(crate) fn delete(state: &mut State, call: &Call) -> Outcome {
    mark::delete(state, call, &LIKE, "tweet_id")
}

/// `GET /2/users/{id}/liked_tweets`
pub(crate) fn liked_tweets(state: &mut State, call: &Call) -> Outcome {
    mark::tweets_of(state, call, state.engagement.likes.by_user(call.param("id")), 5)
}

/// `GET /2/tweets/{id}/liking_users`
pub(crate) fn liking_users(state: &mut State, call: &Call) -> Outcome {
    mark::users_of(state, call, |engagement| &engagement.likes)
}
