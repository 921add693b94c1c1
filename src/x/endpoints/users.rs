//! Users.

use chrono::{DateTime, SecondsFormat};

use crate::{
    domain::{Timestamp, ids::UserId},
    x::{
        catalogue,
        operation::{Operation, XRequest},
    },
};

/// `GET /2/users/me`.
pub const ME: &Operation = catalogue::GET_USERS_ME;

/// `GET /2/users/{id}/tweets`.
pub const TIMELINE: &Operation = catalogue::GET_USERS_POSTS;

/// Every operation here.
pub const ALL: &[&Operation] = &[ME, TIMELINE];

/// Who the credential speaks for.
pub fn me() -> XRequest {
    XRequest::new(ME, [""; 0])
}

/// A page of what `user` has tweeted since then, the youngest first, with `fields`.
pub fn timeline(user: &UserId, since: Timestamp, fields: &str, token: Option<&str>) -> XRequest {
    let since = DateTime::from_timestamp_millis(i64::try_from(since.as_ms()).unwrap_or(i64::MAX)).unwrap_or_default();
    let request = XRequest::new(TIMELINE, [user.as_str()])
        .query("max_results", "100")
        .query("start_time", since.to_rfc3339_opts(SecondsFormat::Secs, true))
        .query("tweet.fields", fields);
    match token {
        Some(token) => request.query("pagination_token", token),
        None => request,
    }
}
