//! Retweets.

use super::{
    XJson,
    extract::{Acting, TweetPath},
};
use crate::{
    domain::{api_key::Scope, fault::Fault},
    services::engagement::Engagement,
};

/// Retweets a tweet. Doing it twice is doing it once.
#[utoipa::path(put, path = "/v1/tweets/{id}/retweet", tag = "retweets",
    params(("id" = String, Path, description = "The tweet"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Object)))]
pub async fn create(acting: Acting, tweet: TweetPath) -> Result<XJson, Fault> {
    acting.engage(Scope::RetweetsWrite, Engagement::Retweet, tweet).await
}

/// Takes a retweet back. Doing it twice is doing it once.
#[utoipa::path(delete, path = "/v1/tweets/{id}/retweet", tag = "retweets",
    params(("id" = String, Path, description = "The tweet"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Object)))]
pub async fn delete(acting: Acting, tweet: TweetPath) -> Result<XJson, Fault> {
    acting.engage(Scope::RetweetsWrite, Engagement::UndoRetweet, tweet).await
}
