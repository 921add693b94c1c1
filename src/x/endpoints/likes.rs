//! Likes.

use super::TweetInBody;
use crate::{
    domain::{ids::UserId, tweet::TweetId},
    x::{
        catalogue,
        operation::{Operation, XRequest},
    },
};

/// `POST /2/users/{id}/likes`.
pub const CREATE: &Operation = catalogue::LIKE_POST;

/// `DELETE /2/users/{id}/likes/{tweet_id}`.
pub const DELETE: &Operation = catalogue::UNLIKE_POST;

/// Every operation here.
pub const ALL: &[&Operation] = &[CREATE, DELETE];

/// `user` likes `tweet`.
pub fn create(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(CREATE, [user.as_str()]).json(&TweetInBody { tweet_id: tweet })
}

/// `user` no longer likes `tweet`.
pub fn delete(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(DELETE, [user.as_str(), tweet.as_str()])
}
