//! Retweets.

use crate::answer::Outcome;
use crate::call::Call;
use crate::engagement::{Engagement, Marks, mark};
use crate::state::State;

const RETWEET: mark::Kind =
    mark::Kind { answer: "retweeted", created: "retweet.create", deleted: "retweet.delete", marks: retweets };

fn retweets(engagement: &mut Engagement) -> &mut Marks {
    &mut engagement.retweets
}

/// `POST /2/users/{id}/retweets`
pub(crate) fn create(state: &mut State, call: &Call) -> Outcome {
    mark::create(state, call, &RETWEET)
}

/// `DELETE /2/users/{id}/retweets/{source_tweet_id}`
pub(crate) fn delete(state: &mut State, call: &Call) -> Outcome {
    mark::delete(state, call, &RETWEET, "source_tweet_id")
}

/// `GET /2/tweets/{id}/retweeted_by`
pub(crate) fn retweeted_by(state: &mut State, call: &Call) -> Outcome {
    mark::users_of(state, call, |engagement| &engagement.retweets)
}
