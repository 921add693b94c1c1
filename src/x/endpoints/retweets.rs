//! Retweets.

use super::TweetInBody;
use crate::{
    domain::{ids::UserId, tweet::TweetId},
    x::{
        catalogue,
        operation::{Operation, XRequest},
    },
};

/// `POST /2/users/{id}/retweets`.
pub const CREATE: &Operation = catalogue::REPOST_POST;

/// `DELETE /2/users/{id}/retweets/{source_tweet_id}`.
pub const DELETE: &Operation = catalogue::UNREPOST_POST;

/// Every operation here.
pub const ALL: &[&Operation] = &[CREATE, DELETE];

/// `user` retweets `tweet`.
pub fn create(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(CREATE, [user.as_str()]).json(&TweetInBody { tweet_id: tweet })
}

/// `user` takes its retweet of `tweet` back.
pub fn delete(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(DELETE, [user.as_str(), tweet.as_str()])
}
