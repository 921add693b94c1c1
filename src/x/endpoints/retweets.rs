//! Retweets.

use super::TweetInBody;
use crate::{
    domain::{breaker::Group, ids::UserId, retry::Effect, tweet::TweetId},
    x::operation::{Auth, Operation, XRequest},
};

/// `POST /2/users/{id}/retweets`.
pub static CREATE: Operation = Operation {
    method: "POST",
    template: "/2/users/{id}/retweets",
    group: Group::Engagement,
    effect: Effect::Set,
    auth: Auth::User,
    limits: &[(50, 900)],
    timeout_ms: 10_000,
};

/// `DELETE /2/users/{id}/retweets/{source_tweet_id}`.
pub static DELETE: Operation = Operation {
    method: "DELETE",
    template: "/2/users/{id}/retweets/{source_tweet_id}",
    group: Group::Engagement,
    effect: Effect::Set,
    auth: Auth::User,
    limits: &[(50, 900)],
    timeout_ms: 10_000,
};

/// Every operation here.
pub const ALL: &[&Operation] = &[&CREATE, &DELETE];

/// `user` retweets `tweet`.
pub fn create(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(&CREATE, [user.as_str()]).json(&TweetInBody { tweet_id: tweet })
}

/// `user` takes its retweet of `tweet` back.
pub fn delete(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(&DELETE, [user.as_str(), tweet.as_str()])
}
