//! Every endpoint, on one line each.

use axum::{
    Router,
    extract::{MatchedPath, Request},
    middleware::{Next, from_fn},
    response::Response,
    routing::{get, post, put},
};
use http::Method;

use super::{
    accounts, audit, bookmarks, breakers, connect, health, keys, likes, media, oauth2, openapi, operations, problems,
    rate_limits, retweets, tweets, windows,
};
use crate::domain::fault::{Code, Fault};

/// The routes, without state: what a handler needs travels with the request.
pub fn router() -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/openapi.json", get(openapi::openapi))
        .route("/problems/{slug}", get(problems::page))
        .route("/connect/callback", get(connect::callback))
        .route("/connect/{id}", get(connect::open))
        .route("/2/oauth2/token", post(oauth2::token))
        .route("/v1/connect", post(connect::begin))
        .route("/v1/connect/redeem", post(connect::redeem))
        .route("/v1/accounts", get(accounts::list).post(accounts::add))
        .route("/v1/accounts/{id}", get(accounts::get).patch(accounts::patch).delete(accounts::remove))
        .route("/v1/accounts/{id}/default", put(accounts::make_default))
        .route("/v1/accounts/{id}/refresh", post(accounts::refresh))
        .route("/v1/accounts/{id}/operations", get(operations::list))
        .route("/v1/operations/{id}", get(operations::get).delete(operations::cancel))
        .route("/v1/accounts/{id}/windows", get(windows::list))
        .route("/v1/tweets", post(tweets::create))
        .route("/v1/tweets/thread", post(tweets::thread))
        .route("/v1/tweets/{id}", get(tweets::look_up).delete(tweets::delete))
        .route("/v1/tweets/{id}/hidden", put(tweets::hide).delete(tweets::unhide))
        .route("/v1/tweets/{id}/like", put(likes::create).delete(likes::delete))
        .route("/v1/tweets/{id}/retweet", put(retweets::create).delete(retweets::delete))
        .route("/v1/tweets/{id}/bookmark", put(bookmarks::create).delete(bookmarks::delete))
        .route("/v1/media", post(media::create))
        .route("/v1/media/uploads", post(media::uploads::begin))
        .route("/v1/media/uploads/{id}", get(media::uploads::progress))
        .route("/v1/media/uploads/{id}/parts/{n}", put(media::uploads::put_part))
        .route("/v1/media/uploads/{id}/complete", post(media::uploads::complete))
        .route("/v1/media/{media_id}", get(media::about::status))
        .route("/v1/media/{media_id}/alt-text", put(media::about::set_alt_text))
        .route(
            "/v1/media/{media_id}/subtitles",
            put(media::about::put_subtitles).delete(media::about::delete_subtitles),
        )
        .route("/v1/rate-limits", get(rate_limits::list))
        .route("/v1/audit", get(audit::list))
        .route("/v1/audit/replay", post(audit::replay))
        .route("/v1/keys", get(keys::list).post(keys::create))
        .route("/v1/keys/{kid}", get(keys::read).patch(keys::change).delete(keys::revoke))
        .route("/v1/keys/{kid}/rotate", post(keys::rotate))
        .route("/v1/keys/{kid}/oauth1", post(keys::issued::issue_oauth1).delete(keys::issued::end_oauth1))
        .route("/v1/keys/{kid}/refresh-handle", post(keys::issued::issue_handle).delete(keys::issued::end_handles))
        .route("/v1/breakers", get(breakers::list))
        .route("/v1/breakers/{group}", put(breakers::force).delete(breakers::release))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(route_not_found)
        .layer(from_fn(remember_route))
}

async fn route_not_found() -> Fault {
    Fault::new(Code::RouteNotFound, "There is nothing at this path; /openapi.json lists what there is.")
}

async fn method_not_allowed(method: Method) -> Fault {
    Fault::new(Code::MethodNotAllowed, format!("{method} is not taken here; /openapi.json lists what is."))
}

/// Lets the template of the matched route travel back with the answer, for the log and for fingerprints.
async fn remember_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}
