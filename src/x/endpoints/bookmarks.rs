//! Bookmarks. X takes OAuth 2.0 alone for them.

use super::TweetInBody;
use crate::{
    domain::{ids::UserId, tweet::TweetId},
    x::{
        catalogue,
        operation::{Operation, XRequest},
    },
};

/// `POST /2/users/{id}/bookmarks`.
pub const CREATE: &Operation = catalogue::CREATE_USERS_BOOKMARK;

/// `DELETE /2/users/{id}/bookmarks/{tweet_id}`.
pub const DELETE: &Operation = catalogue::DELETE_USERS_BOOKMARK;

/// Every operation here.
pub const ALL: &[&Operation] = &[CREATE, DELETE];

/// `user` bookmarks `tweet`.
pub fn create(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(CREATE, [user.as_str()]).json(&TweetInBody { tweet_id: tweet })
}

/// `user` removes its bookmark of `tweet`.
pub fn delete(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(DELETE, [user.as_str(), tweet.as_str()])
}
