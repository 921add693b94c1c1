//! Every kind of fault there is, in one table.

use super::{Category, Recovery, Severity};

/// Declares [`Code`] with one line per kind: variant, slug, title, category, severity, retryable, recovery.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $slug:literal $title:literal $category:ident $severity:ident $retryable:literal $recovery:ident;)+) => {
        /// The kind of a fault: stable, without values.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, as in `/problems/{slug}` and in `code`.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug),+ }
            }

            /// A short title for people.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What it means and what mends it, for its page.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+)),+ }
            }

            /// Its family.
            pub const fn category(self) -> Category {
                match self { $(Self::$variant => Category::$category),+ }
            }

            /// Who should care.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),+ }
            }

            /// Whether the same request may be sent again as it is.
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$variant => $retryable),+ }
            }

            /// What mends it.
            pub const fn recovery(self) -> Recovery {
                match self { $(Self::$variant => Recovery::$recovery),+ }
            }
        }
    };
}

codes! {
    /// The request cannot be read: a header or a parameter is malformed.
    InvalidRequest "invalid-request" "The request cannot be read" Validation Info false FixRequest;
    /// The path holds something that is refused rather than repaired: dot segments, encoded slashes, backslashes, control characters.
    InvalidPath "invalid-path" "The path is not acceptable" Validation Info false FixRequest;
    /// The body is not the JSON this endpoint takes: malformed, a wrong type, an unknown or repeated member.
    InvalidBody "invalid-body" "The body is not what this endpoint takes" Validation Info false FixRequest;
    /// The body can be read, but fields break a rule; `fields` names each with what to do.
    InvalidFields "invalid-fields" "Fields of the body break a rule" Validation Info false FixRequest;
    /// The body's content type is not one this endpoint takes.
    UnsupportedMediaType "unsupported-media-type" "The content type is not taken here" Validation Info false FixRequest;
    /// The body is longer than this endpoint takes.
    BodyTooLarge "body-too-large" "The body is too large" Validation Info false FixRequest;
    /// The body did not arrive in time.
    BodyTimeout "body-timeout" "The body did not arrive in time" Timeout Info true Retry;
    /// The key stands in the URL, where logs keep it. Send it as `Authorization: Bearer`, and replace this key.
    KeyInUrl "key-in-url" "The key stands in the URL" Validation Warning false FixRequest;
    /// No API key came with the request. Send `Authorization: Bearer perch_…` or `X-API-Key: perch_…`.
    MissingKey "missing-key" "An API key is needed" Authentication Info false FixRequest;
    /// The API key is not valid: unknown, wrong, expired or revoked, which of these is not told.
    InvalidKey "invalid-key" "The API key is not valid" Authentication Info false Refresh;
    /// The request's OAuth 1.0a signature is not valid: unknown or ended values, a wrong secret, another URL than was signed, a nonce
    /// used before, or a clock that is off. Sign each request anew, with the four values as they were issued.
    InvalidSignature "invalid-signature" "The signature is not valid" Authentication Info false Refresh;
    /// The API key lacks a scope that this endpoint asks for.
    MissingScope "missing-scope" "The key lacks a scope" Authorization Info false ContactOperator;
    /// The browser's origin is not on the key's list.
    OriginNotAllowed "origin-not-allowed" "The origin is not allowed" Authorization Info false ContactOperator;
    /// The path is not one of perch's.
    RouteNotFound "route-not-found" "There is nothing at this path" NotFound Info false FixRequest;
    /// The path exists, but not with this method; `Allow` lists those it knows.
    MethodNotAllowed "method-not-allowed" "The path does not take this method" Validation Info false FixRequest;
    /// No such X account is connected, or this key may not use it.
    AccountNotFound "account-not-found" "No such account" NotFound Info false FixRequest;
    /// No account was named and the key has no default one. Send `Perch-Account`.
    AccountNeeded "account-needed" "An account must be named" Validation Info false FixRequest;
    /// There is no such API key.
    KeyNotFound "key-not-found" "No such key" NotFound Info false FixRequest;
    /// X knows no such tweet, or the account may not see it.
    TweetNotFound "tweet-not-found" "No such tweet" NotFound Info false FixRequest;
    /// There is no such upload, or it has expired.
    MediaNotFound "media-not-found" "No such media" NotFound Info false FixRequest;
    /// X knows no such object, or the account may not see it.
    NotFound "not-found" "No such object at X" NotFound Info false FixRequest;
    /// The connection attempt is unknown, used, expired or belongs to another browser. Begin a new one.
    AttemptInvalid "attempt-invalid" "The connection attempt is not valid" Conflict Info false FixRequest;
    /// The person at X did not agree to connect the account.
    ConsentDenied "consent-denied" "The account's owner declined" Authorization Info false FixRequest;
    /// Another X user signed in than the one this account belongs to. Nothing was changed.
    AccountMismatch "account-mismatch" "Another X user signed in" Conflict Info false FixRequest;
    /// The account is paused by its operator.
    AccountPaused "account-paused" "The account is paused" Conflict Info false ContactOperator;
    /// X no longer takes this account's tokens. Its owner must connect it anew.
    AccountNeedsReconnect "account-needs-reconnect" "The account must be connected anew" Conflict Warning false Reconnect;
    /// X has locked or suspended the account.
    AccountRestricted "account-restricted" "X restricts the account" Policy Warning false Reconnect;
    /// The state of things does not allow this now.
    Conflict "conflict" "The state does not allow this" Conflict Info false FixRequest;
    /// This Idempotency-Key came before with another request; for a new request take a new key.
    IdempotencyKeyReused "idempotency-key-reused" "The Idempotency-Key belongs to another request" Validation Info false FixRequest;
    /// The first request with this Idempotency-Key is still being carried out; `Retry-After` says when to ask again.
    IdempotencyKeyInUse "idempotency-key-in-use" "The first request with this key is not done" Conflict Info true Wait;
    /// There is no such operation: it was never begun, not sent and forgotten, or its outcome is no longer kept.
    OperationNotFound "operation-not-found" "No such operation" NotFound Info false FixRequest;
    /// The key has used up its allowance; `Retry-After` says when there is more.
    KeyRateLimited "key-rate-limited" "The key's allowance is used up" RateLimit Info true Wait;
    /// X's rate limit for this account and endpoint is used up; `Retry-After` says when it resets.
    XRateLimited "x-rate-limited" "X's rate limit is used up" RateLimit Info true Wait;
    /// X refused the tweet because the account has posted the same text before.
    DuplicateTweet "duplicate-tweet" "The account has posted this text before" Conflict Info false FixRequest;
    /// X lets this account reply only where the author mentioned or quoted it.
    ReplyNotAllowed "reply-not-allowed" "X does not let the account reply here" Policy Info false FixRequest;
    /// X does not let this account quote that tweet.
    QuoteNotAllowed "quote-not-allowed" "X does not let the account quote this" Policy Info false FixRequest;
    /// X forbids this action to this account, without saying why.
    XForbidden "x-forbidden" "X forbids this action" Policy Info false FixRequest;
    /// The X app or the account's grant lacks a permission or scope for this. Connect the account anew with it, or change the app.
    XPermission "x-permission" "The grant lacks a permission" Authorization Warning false Reconnect;
    /// X refused the request as invalid; `upstream` says why.
    XRejected "x-rejected" "X refused the request" Validation Info false FixRequest;
    /// The media is not what X takes: its kind, size or content.
    MediaRejected "media-rejected" "X does not take this media" Validation Info false FixRequest;
    /// X could not process the media.
    MediaFailed "media-failed" "X could not process the media" Upstream Info false FixRequest;
    /// The X developer account has no credits left. The operator must buy some.
    CreditsDepleted "credits-depleted" "The X app has no credits left" Budget Critical false ContactOperator;
    /// The spending limit of the X developer account is reached until the billing cycle ends.
    SpendCapReached "spend-cap-reached" "The X app's spending limit is reached" Budget Critical false ContactOperator;
    /// The usage cap of the X developer account is reached; waiting for a rate window does not help.
    UsageCapReached "usage-cap-reached" "The X app's usage cap is reached" Budget Critical false ContactOperator;
    /// X's edge refused perch before X saw the request. Tokens are fine; nothing took effect.
    XEdgeBlocked "x-edge-blocked" "X's edge refused perch" Upstream Error true Wait;
    /// X failed. Nothing is known to have taken effect.
    XUnavailable "x-unavailable" "X failed" Upstream Warning true Retry;
    /// X answered with something that is no answer: cut, too large, or not JSON.
    XInvalidAnswer "x-invalid-answer" "X's answer cannot be read" Upstream Warning true Retry;
    /// X did not answer in time. Nothing took effect, or it does not matter if it is sent again.
    XTimeout "x-timeout" "X did not answer in time" Timeout Warning true Retry;
    /// The write was sent, and X's answer is lost or a failure: it may have taken effect. Look before sending it again.
    OutcomeUnknown "outcome-unknown" "What became of the write is not known" Upstream Warning false Reconcile;
    /// X does not accept perch's own credentials. No account is at fault; the operator must mend the configuration.
    XMisconfigured "x-misconfigured" "perch's X app is set up wrongly" Configuration Critical false ContactOperator;
    /// X has failed too often of late, so it is rested; `Retry-After` says when it is tried again.
    BreakerOpen "breaker-open" "X is being rested" Unavailable Warning true Wait;
    /// A part of perch's platform does not answer.
    Unavailable "unavailable" "perch is not available" Unavailable Error true Retry;
    /// perch is broken or misused itself.
    Internal "internal" "perch failed" Internal Critical false ContactOperator;
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}

impl Code {
    /// The kind called `slug`.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.slug() == slug)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn slugs_are_unique_and_there_are_more_than_twenty_five() {
        let slugs: BTreeSet<_> = Code::ALL.iter().map(|code| code.slug()).collect();
        assert_eq!(slugs.len(), Code::ALL.len());
        assert!(slugs.len() > 25);
    }

    #[test]
    fn a_kind_is_found_by_its_slug() {
        assert_eq!(Code::of_slug("breaker-open"), Some(Code::BreakerOpen));
        assert_eq!(Code::of_slug("nothing"), None);
    }
}
