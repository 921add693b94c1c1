//! Tweets.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    XJson,
    extract::{Acting, JsonBody, TweetPath},
};
use crate::{
    domain::{api_key::Scope, fault::Fault, tweet::TweetBody},
    gateway::{
        operation::{self, Accepted},
        problem::Problem,
    },
    services::{
        tweets::{self, Sender, Sent},
        writes::Settled,
    },
};

/// Tweets that each reply to the one before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// Two to twenty-five.
    #[schema(value_type = Vec<Object>, min_items = 2, max_items = 25)]
    tweets: Vec<TweetBody>,
}

/// A thread, as sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadSent {
    /// Its tweets, in order.
    data: Vec<Sent>,
}

/// Sends a tweet. The body is X's: `text`, `reply`, `quote_tweet_id`, `media`, `poll`, `reply_settings` and the rest.
///
/// With an `Idempotency-Key` the same request is answered the same for 72 hours and sent once. Where X's answer is lost the answer is
/// 202: perch finds out, and `Location` says where to ask.
#[utoipa::path(post, path = "/v1/tweets", tag = "tweets",
    params(("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your own name for this tweet: 1 to 255 visible ASCII characters")),
    request_body(content = Object, description = "X's body of `POST /2/tweets`", example = json!({"text": "Hello"})),
    responses((status = 201, body = Object), (status = 202, body = Accepted), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn create(acting: Acting, JsonBody(body): JsonBody<TweetBody>) -> Result<Response, Fault> {
    acting.caller.require(Scope::TweetsWrite)?;
    let account = acting.account().await?;
    let idempotency_key = acting.idempotency_key()?;
    let sender = Sender { caller: &acting.caller, account: &account, idempotency_key };
    match tweets::create(&acting.context, sender, body).await? {
        Settled::Did { answer, replayed } => {
            let mut response = XJson(StatusCode::CREATED, answer).into_response();
            if replayed {
                operation::mark_replayed(response.headers_mut());
            }
            Ok(response)
        }
        Settled::Open(write) => Ok(operation::accepted(&acting.context, &write)),
    }
}

/// Sends a thread. All tweets are checked before the first is sent; should X refuse one, the problem's `partial` names those that
/// stand.
///
/// With an `Idempotency-Key` the same thread asked for again goes on behind the last tweet that stands.
#[utoipa::path(post, path = "/v1/tweets/thread", tag = "tweets",
    params(("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your own name for this thread: 1 to 255 visible ASCII characters")),
    request_body = Thread, responses((status = 201, body = ThreadSent), (status = 202, body = Accepted),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn thread(acting: Acting, JsonBody(thread): JsonBody<Thread>) -> Result<Response, Fault> {
    acting.caller.require(Scope::TweetsWrite)?;
    let account = acting.account().await?;
    let idempotency_key = acting.idempotency_key()?;
    let sender = Sender { caller: &acting.caller, account: &account, idempotency_key };
    match tweets::send_thread(&acting.context, sender, thread.tweets).await? {
        tweets::Thread::Whole(data) => Ok((StatusCode::CREATED, Json(ThreadSent { data })).into_response()),
        tweets::Thread::Open { sent, write } => {
            let sent = sent.into_iter().map(|sent| sent.id).collect();
            Ok(operation::accepted_in_part(&acting.context, &write, sent))
        }
    }
}

/// Looks a tweet up.
#[utoipa::path(get, path = "/v1/tweets/{id}", tag = "tweets",
    params(("id" = String, Path, description = "The tweet"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub async fn look_up(acting: Acting, TweetPath(id): TweetPath) -> Result<XJson, Fault> {
    acting.caller.require(Scope::TweetsRead)?;
    let account = acting.account().await?;
    Ok(XJson(StatusCode::OK, tweets::look_up(&acting.context, &account, &id).await?))
}

/// Deletes a tweet of the account's own.
#[utoipa::path(delete, path = "/v1/tweets/{id}", tag = "tweets",
    params(("id" = String, Path, description = "The tweet"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub async fn delete(acting: Acting, TweetPath(id): TweetPath) -> Result<XJson, Fault> {
    acting.caller.require(Scope::TweetsWrite)?;
    let account = acting.account().await?;
    Ok(XJson(StatusCode::OK, tweets::delete(&acting.context, &acting.caller, &account, &id).await?))
}

/// Hides a reply to one of the account's tweets.
#[utoipa::path(put, path = "/v1/tweets/{id}/hidden", tag = "tweets",
    params(("id" = String, Path, description = "The reply"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Object)))]
pub async fn hide(acting: Acting, path: TweetPath) -> Result<XJson, Fault> {
    set_hidden(&acting, path, true).await
}

/// Shows a hidden reply again.
#[utoipa::path(delete, path = "/v1/tweets/{id}/hidden", tag = "tweets",
    params(("id" = String, Path, description = "The reply"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Object)))]
pub async fn unhide(acting: Acting, path: TweetPath) -> Result<XJson, Fault> {
    set_hidden(&acting, path, false).await
}

async fn set_hidden(acting: &Acting, TweetPath(id): TweetPath, hidden: bool) -> Result<XJson, Fault> {
    acting.caller.require(Scope::TweetsWrite)?;
    let account = acting.account().await?;
    let answer = tweets::hide(&acting.context, &acting.caller, &account, &id, hidden).await?;
    Ok(XJson(StatusCode::OK, answer))
}
