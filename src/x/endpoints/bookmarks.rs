//! Bookmarks. X takes OAuth 2.0 alone for them.

use super::TweetInBody;
use crate::{
    domain::{breaker::Group, ids::UserId, retry::Effect, tweet::TweetId},
    x::operation::{Auth, Operation, XRequest},
};

/// `POST /2/users/{id}/bookmarks`.
pub static CREATE: Operation = Operation {
    method: "POST",
    template: "/2/users/{id}/bookmarks",
    group: Group::Engagement,
    effect: Effect::Set,
    auth: Auth::OAuth2Only,
    limits: &[(50, 900)],
    timeout_ms: 10_000,
};

/// `DELETE /2/users/{id}/bookmarks/{tweet_id}`.
pub static DELETE: Operation = Operation {
    method: "DELETE",
    template: "/2/users/{id}/bookmarks/{tweet_id}",
    group: Group::Engagement,
    effect: Effect::Set,
    auth: Auth::OAuth2Only,
    limits: &[(50, 900)],
    timeout_ms: 10_000,
};

/// Every operation here.
pub const ALL: &[&Operation] = &[&CREATE, &DELETE];

/// `user` bookmarks `tweet`.
pub fn create(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(&CREATE, [user.as_str()]).json(&TweetInBody { tweet_id: tweet })
}

/// `user` removes its bookmark of `tweet`.
pub fn delete(user: &UserId, tweet: &TweetId) -> XRequest {
    XRequest::new(&DELETE, [user.as_str(), tweet.as_str()])
}
