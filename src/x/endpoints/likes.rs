//! Likes.

use super::TweetInBody;
use crate::{
    domain::{breaker::Group, ids::UserId, retry::Effect, tweet::TweetId},
    x::operation::{Auth, Operation, XRequest},
};

/// `POST /2/users/{id}/likes`.
pub static CREATE: Operation = Operation {
    method: "POST",
    template: "/2/users/{id}/likes",
    group: Group::Engagement,
    effect: Effect::Set,
    auth: Auth::User,
    limits: &[(50, 900), (1000, 86_400)],
    timeout_ms: 10_000,
};

/// `DELETE /2/users/{id}/likes/{tweet_id}`.
pub static DELETE: Operation = Operation {
    method: "DELETE",
    template: "/2/users/{id}/likes/{tweet_id}",
    group: Group::Engagement,
    effect: Effect::Set,
    auth: Auth::User,
    limits: &[(50, 900), (1000, 86_400)],
    timeout_ms: 10_000,
};

/// Every operation here.
pub const ALL: &[&Operation] = &[&CREATE, &DELETE];

/// `user` likes `tweet`.
pub fn create(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(&CREATE, [user.as_str()]).json(&TweetInBody { tweet_id: tweet })
}

/// `user` no longer likes `tweet`.
pub fn delete(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(&DELETE, [user.as_str(), tweet.as_str()])
}
