//! The endpoints of X that `/v1` calls, one module per noun.

pub mod bookmarks;
pub mod likes;
pub mod media;
pub mod retweets;
pub mod tweets;
pub mod users;

use serde::Serialize;

use super::operation::Operation;
use crate::domain::tweet::TweetId;

/// Every operation that `/v1` calls.
pub fn all() -> Vec<&'static Operation> {
    [tweets::ALL, likes::ALL, retweets::ALL, bookmarks::ALL, media::ALL, users::ALL].concat()
}

/// The body by which X is told which tweet to like, retweet or bookmark.
#[derive(Serialize)]
struct TweetInBody<'a> {
    tweet_id: &'a TweetId,
}
