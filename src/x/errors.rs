//! What an answer of X means when it is not the one that was hoped for.
//!
//! X says the same thing with several statuses and different things with one: 403 is a missing scope, a duplicate, a
//! spending limit or the edge in front of X. So an answer is read by its names first (`title`, the end of `type`, v1
//! code, OAuth error, wording), and by its status only when it has none. The rules stand in one table, in `rules.rs`.
//!
//! # Design
//!
//! A 401 or 403 that is no JSON was not written by the API: it comes from the edge. It must never touch a token.

mod body;
mod rules;

use body::Facts;

/// An answer of X, as far as it tells what went wrong.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The value of `content-type`.
    pub content_type: Option<&'a str>,
    /// The body; it may be cut short.
    pub body: &'a [u8],
    /// The method of the request, which says whether a failure may have had an effect.
    pub method: &'a str,
    /// What the request was authenticated with.
    pub credential: Credential,
}

/// What a request is authenticated with; one answer can mean different things for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// OAuth 2.0 access token of a user. It can be refreshed.
    OAuth2User,
    /// OAuth 1.0a token of a user. It lives until it is revoked.
    OAuth1User,
    /// The app by itself: its bearer token, or its key and secret.
    App,
}

/// What went wrong, in the words X has for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XError {
    /// What it means.
    pub class: Class,
    /// Whether and when to send again.
    pub retry: Retry,
    /// X's `title`.
    pub title: Option<String>,
    /// The last path segment of X's `type`; X has used two hosts for the rest. None for `about:blank`.
    pub kind: Option<String>,
    /// X's own words, most specific first: at most 500 characters, without control characters.
    pub detail: Option<String>,
    /// The code of an answer in the style of v1.
    pub code: Option<u64>,
    /// The first parameter X names as refused.
    pub parameter: Option<String>,
    /// The day a spending limit ends, `YYYY-MM-DD`.
    pub reset_date: Option<String>,
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The request was wrong.
    CallerError,
    /// The media ids of a tweet were refused.
    MediaRejected,
    /// X could not process an upload.
    MediaFailed,
    /// The token was refused; it may only be expired.
    TokenInvalid,
    /// The token is revoked and cannot be refreshed.
    TokenDead,
    /// The refresh token is spent, revoked or wrong.
    GrantDead,
    /// The operator's X app is set up wrongly.
    ClientConfig,
    /// A scope or app permission is missing.
    Permission,
    /// The endpoint wants another kind of token.
    WrongAuthKind,
    /// X does not allow it, for this account or plan.
    Forbidden,
    /// A reply is not allowed here.
    ReplyRestricted,
    /// A quote is not allowed here.
    QuoteRestricted,
    /// The same text was posted before.
    Duplicate,
    /// The account is suspended, locked or over a daily limit.
    AccountState,
    /// No credits are left.
    Credits,
    /// The spending limit of the billing cycle is reached.
    SpendCap,
    /// The usage cap of the plan is reached.
    UsageCap,
    /// A rate limit window is used up.
    RateLimit,
    /// Too many streams are open.
    ConnectionLimit,
    /// The state at X does not allow it now.
    Conflict,
    /// It is not there.
    NotFound,
    /// The request is too large for X's edge.
    TooLarge,
    /// The edge in front of X refused; the API has not seen the request.
    EdgeBlock,
    /// X failed.
    ServerError,
    /// A stream was ended by X.
    Stream,
    /// Some of what was asked for is there, some is not.
    Partial,
}

/// Whether and when to send a request again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Not without a change.
    Never,
    /// After the reset of the window or billing cycle.
    AfterReset,
    /// Once, with a refreshed token.
    AfterRefresh,
    /// Reads with back-off; nothing else.
    ReadsOnly,
    /// Only after finding out what has happened.
    Reconcile,
}

/// What `answer` means; nothing when it is a plain success.
pub fn classify(answer: &Answer<'_>) -> Option<XError> {
    let facts = Facts::read(answer);
    let (class, retry) = rules::verdict(answer, &facts)?;
    Some(XError {
        class,
        retry: possible(retry, answer),
        detail: facts.detail(),
        title: facts.title,
        kind: facts.kind,
        code: facts.code,
        parameter: facts.parameter,
        reset_date: facts.reset_date,
    })
}

/// `retry`, as far as this request allows it.
fn possible(retry: Retry, answer: &Answer<'_>) -> Retry {
    match retry {
        Retry::AfterRefresh if answer.credential != Credential::OAuth2User => Retry::Never,
        Retry::ReadsOnly if !matches!(answer.method, "GET" | "HEAD") => Retry::Reconcile,
        retry => retry,
    }
}

#[cfg(test)]
mod tests;
