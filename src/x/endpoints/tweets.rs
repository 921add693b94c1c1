//! Tweets.

use serde::Serialize;

use crate::{
    domain::tweet::{TweetDraft, TweetId},
    x::{
        catalogue,
        operation::{Operation, XRequest},
    },
};

/// `POST /2/tweets`.
pub const CREATE: &Operation = catalogue::CREATE_POSTS;

/// `DELETE /2/tweets/{id}`.
pub const DELETE: &Operation = catalogue::DELETE_POSTS;

/// `GET /2/tweets/{id}`.
pub const LOOK_UP: &Operation = catalogue::GET_POSTS_BY_ID;

/// `PUT /2/tweets/{id}/hidden`.
pub const HIDE: &Operation = catalogue::HIDE_POSTS_REPLY;

/// Every operation here.
pub const ALL: &[&Operation] = &[CREATE, DELETE, LOOK_UP, HIDE];

/// Sends `draft`.
pub fn create(draft: &TweetDraft) -> XRequest {
    XRequest::new(CREATE, [""; 0]).json(draft)
}

/// Deletes a tweet of the account's own.
pub fn delete(id: &TweetId) -> XRequest {
    XRequest::new(DELETE, [id.as_str()])
}

/// Looks a tweet up, with what perch shows of one.
pub fn look_up(id: &TweetId) -> XRequest {
    XRequest::new(LOOK_UP, [id.as_str()]).query("tweet.fields", "author_id,conversation_id,created_at,public_metrics")
}

/// Hides a reply to the account, or shows it again.
pub fn hide(id: &TweetId, hidden: bool) -> XRequest {
    #[derive(Serialize)]
    struct Body {
        hidden: bool,
    }
    XRequest::new(HIDE, [id.as_str()]).json(&Body { hidden })
}
