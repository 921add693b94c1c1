//! Bookmarks.

use super::{
    XJson,
    extract::{Acting, TweetPath},
};
use crate::{
    domain::{api_key::Scope, fault::Fault},
    services::engagement::Engagement,
};

/// Bookmarks a tweet. Doing it twice is doing it once.
#[utoipa::path(put, path = "/v1/tweets/{id}/bookmark", tag = "bookmarks",
    params(("id" = String, Path, description = "The tweet"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Object)))]
pub async fn create(acting: Acting, tweet: TweetPath) -> Result<XJson, Fault> {
    acting.engage(Scope::BookmarksWrite, Engagement::Bookmark, tweet).await
}

/// Removes a bookmark. Doing it twice is doing it once.
#[utoipa::path(delete, path = "/v1/tweets/{id}/bookmark", tag = "bookmarks",
    params(("id" = String, Path, description = "The tweet"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Object)))]
pub async fn delete(acting: Acting, tweet: TweetPath) -> Result<XJson, Fault> {
    acting.engage(Scope::BookmarksWrite, Engagement::RemoveBookmark, tweet).await
}
