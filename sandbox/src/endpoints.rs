//! Every endpoint of the emulated X that has code of its own, one line each.

use http::{Method, StatusCode};
use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::caller::Access::Open;
use crate::caller::{APP_ONLY, Access, oauth2_user, user, user_or_app};
use crate::media::endpoints as media;
use crate::state::State;
use crate::streams::{Audience, connect, filter};
use crate::{bookmarks, follows, hidden_replies, likes, oauth2, operations, retweets, tweets, users, vectors};

/// One operation of X.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    /// Path as X's OpenAPI file writes it.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) handler: Handler,
}

/// What answers an operation.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Code of its own.
    Own(fn(&mut State, &Call) -> Outcome),
    /// The request itself, with this status.
    Echo(StatusCode),
    /// A stream that nothing but the control port feeds.
    Stream,
}

impl Endpoint {
    /// The answer to a call that may pass.
    pub(crate) fn run(&self, state: &mut State, call: &Call) -> Outcome {
        match self.handler {
            Handler::Own(run) => run(state, call),
            Handler::Echo(status) => operations::echo(status, call),
            Handler::Stream => connect::open(state, self.path, Audience::Pushes),
        }
    }
}

/// What answers where X has no path.
pub(crate) static UNKNOWN_PATH: Endpoint = on(Method::GET, "", Open, |_, _| vectors::refuse("not-found-about-blank"));

/// Where nothing that keeps to X's paths ever comes: the far end of redirects.
pub(crate) static TRAP: Endpoint =
    on(Method::GET, "/_sandbox/trap/{*rest}", Open, |_, _| Ok(Answer::ok(&json!({ "trapped": true }))));

const READ: &[&str] = &["tweet.read", "users.read"];
const WRITE: &[&str] = &["tweet.read", "tweet.write", "users.read"];
const LIKE_READ: &[&str] = &["like.read", "tweet.read", "users.read"];
const LIKE_WRITE: &[&str] = &["like.write", "tweet.read", "users.read"];
const BOOKMARK_READ: &[&str] = &["bookmark.read", "tweet.read", "users.read"];
const BOOKMARK_WRITE: &[&str] = &["bookmark.write", "tweet.read", "users.read"];
const FOLLOW_READ: &[&str] = &["follows.read", "tweet.read", "users.read"];
const FOLLOW_WRITE: &[&str] = &["follows.write", "tweet.read", "users.read"];
const MODERATE: &[&str] = &["tweet.moderate.write", "tweet.read", "users.read"];

const MEDIA: &[&str] = &["media.write"];

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

const fn on(method: Method, path: &'static str, access: Access, run: fn(&mut State, &Call) -> Outcome) -> Endpoint {
    Endpoint { method, path, access, handler: Handler::Own(run) }
}

/// Every endpoint with code of its own.
#[rustfmt::skip] // one line each
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    on(GET, "/i/oauth2/authorize", Open, oauth2::authorize::ask),
    on(POST, "/i/oauth2/authorize", Open, oauth2::authorize::decide),
    on(POST, "/2/oauth2/token", Open, oauth2::token::run),
    on(POST, "/2/oauth2/revoke", Open, oauth2::revoke::run),
    on(POST, "/oauth2/token", Open, oauth2::app_only::token),
    on(POST, "/oauth2/invalidate_token", Open, oauth2::app_only::invalidate),
    on(GET, "/2/users/me", user(READ), users::lookup::me),
    on(GET, "/2/users", user_or_app(READ), users::lookup::by_ids),
    on(GET, "/2/users/by", user_or_app(READ), users::lookup::by_usernames),
    on(GET, "/2/users/by/username/{username}", user_or_app(READ), users::lookup::by_username),
    on(GET, "/2/users/{id}", user_or_app(READ), users::lookup::by_id),
    on(POST, "/2/tweets", user(WRITE), tweets::create::run),
    on(GET, "/2/tweets", user_or_app(READ), tweets::lookup::many),
    on(GET, "/2/tweets/{id}", user_or_app(READ), tweets::lookup::one),
    on(DELETE, "/2/tweets/{id}", user(WRITE), tweets::delete::run),
    on(GET, "/2/tweets/search/recent", user_or_app(READ), tweets::search::recent),
    on(GET, "/2/users/{id}/tweets", user_or_app(READ), tweets::timeline::of_user),
    on(GET, "/2/users/{id}/mentions", user_or_app(READ), tweets::timeline::mentions),
    on(GET, connect::SEARCH, APP_ONLY, connect::search),
    on(GET, connect::SAMPLE, APP_ONLY, connect::sample),
    on(GET, "/2/tweets/search/stream/rules", APP_ONLY, filter::list),
    on(POST, "/2/tweets/search/stream/rules", APP_ONLY, filter::update),
    on(GET, "/2/users/{id}/timelines/reverse_chronological", user(READ), tweets::timeline::home),
    on(GET, "/2/tweets/{id}/quote_tweets", user_or_app(READ), tweets::timeline::quotes),
    on(GET, "/2/users/{id}/following", user_or_app(FOLLOW_READ), follows::following),
    on(GET, "/2/users/{id}/followers", user_or_app(FOLLOW_READ), follows::followers),
    on(POST, "/2/users/{id}/following", user(FOLLOW_WRITE), follows::create),
    on(DELETE, "/2/users/{source_user_id}/following/{target_user_id}", user(FOLLOW_WRITE), follows::delete),
    on(POST, "/2/users/{id}/likes", user(LIKE_WRITE), likes::create),
    on(DELETE, "/2/users/{id}/likes/{tweet_id}", user(LIKE_WRITE), likes::delete),
    on(GET, "/2/users/{id}/liked_tweets", user(LIKE_READ), likes::liked_tweets),
    on(GET, "/2/tweets/{id}/liking_users", user(LIKE_READ), likes::liking_users),
    on(POST, "/2/users/{id}/retweets", user(WRITE), retweets::create),
    on(DELETE, "/2/users/{id}/retweets/{source_tweet_id}", user(WRITE), retweets::delete),
    on(GET, "/2/tweets/{id}/retweeted_by", user_or_app(READ), retweets::retweeted_by),
    on(POST, "/2/users/{id}/bookmarks", oauth2_user(BOOKMARK_WRITE), bookmarks::create),
    on(DELETE, "/2/users/{id}/bookmarks/{tweet_id}", oauth2_user(BOOKMARK_WRITE), bookmarks::delete),
    on(GET, "/2/users/{id}/bookmarks", user(BOOKMARK_READ), bookmarks::list),
    on(PUT, "/2/tweets/{tweet_id}/hidden", user(MODERATE), hidden_replies::put),
    on(POST, "/2/media/upload", user(MEDIA), media::upload),
    on(GET, "/2/media/upload", user(MEDIA), media::status),
    on(POST, "/2/media/upload/initialize", user(MEDIA), media::initialize),
    on(POST, "/2/media/upload/{id}/append", user(MEDIA), media::append),
    on(POST, "/2/media/upload/{id}/finalize", user(MEDIA), media::finalize),
    on(POST, "/2/media/metadata", user(MEDIA), media::describe),
    on(POST, "/2/media/subtitles", user(MEDIA), media::add_subtitles),
    on(DELETE, "/2/media/subtitles", user(MEDIA), media::remove_subtitles),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Kind;
    use crate::limits::{Limits, Owner};

    /// X publishes no limit for these.
    const UNLIMITED: &[&str] = &[connect::SAMPLE];

    #[test]
    fn x_limits_every_endpoint_that_wants_credentials() {
        let mut limits = Limits::load();
        for endpoint in ENDPOINTS.iter().filter(|endpoint| !UNLIMITED.contains(&endpoint.path)) {
            let owner = match endpoint.access {
                Open => continue,
                Access::Of([Kind::App], _) => Owner::App,
                Access::Of(..) => Owner::User("1".to_owned()),
            };
            let window = limits.admit(&owner, endpoint.method.as_str(), endpoint.path, 0);
            assert!(window.is_some(), "{} {}", endpoint.method, endpoint.path);
        }
    }

    #[test]
    fn every_scope_of_the_table_is_one_of_x() {
        for endpoint in ENDPOINTS {
            let scopes = match endpoint.access {
                Open => &[],
                Access::Of(_, scopes) => scopes,
            };
            assert!(scopes.iter().all(|scope| oauth2::SCOPES.contains(scope)), "{}", endpoint.path);
        }
    }
}
