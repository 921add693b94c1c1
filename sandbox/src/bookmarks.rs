//! Bookmarks: only their owner sees them, and writes take OAuth 2.0 alone.

use crate::answer::Outcome;
use crate::call::Call;
use crate::engagement::{Engagement, Marks, mark};
use crate::state::State;

const BOOKMARK: mark::Kind =
    mark::Kind { answer: "bookmarked", created: "bookmark.create", deleted: "bookmark.delete", marks: bookmarks };

fn bookmarks(engagement: &mut Engagement) -> &mut Marks {
    &mut engagement.bookmarks
}

/// `POST /2/users/{id}/bookmarks`
pub(crate) fn create(state: &mut State, call: &Call) -> Outcome {
    mark::create(state, call, &BOOKMARK)
}

/// `DELETE /2/users/{id}/bookmarks/{tweet_id}`
pub(crate) fn delete(state: &mut State, call: &Call) -> Outcome {
    mark::delete(state, call, &BOOKMARK, "tweet_id")
}

/// `GET /2/users/{id}/bookmarks`
pub(crate) fn list(state: &mut State, call: &Call) -> Outcome {
    let user = mark::own_id(call)?;
    mark::tweets_of(state, call, state.engagement.bookmarks.by_user(user), 1)
}
