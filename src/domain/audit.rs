//! The audit trail: who did what to which thing, and what came of it. Never a text, a token or a key.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// One row of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Unique, made where the row is made: writing a row twice leaves one.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Which key acted; absent for acts of perch itself.
    pub key_id: Option<String>,
    /// Which account it was about, if any.
    pub account_id: Option<String>,
    /// What was done.
    pub action: Action,
    /// To what: a tweet id, a key id, a breaker group.
    pub target: Option<String>,
    /// What came of it: `ok`, or the slug of the fault.
    pub outcome: String,
    /// The request's correlation id.
    pub correlation_id: String,
    /// SHA-256 of the text that was sent, in hex; never the text.
    pub text_sha256: Option<String>,
    /// Why, in the words of whoever acted, where a reason is asked for.
    pub reason: Option<String>,
}

/// Declares [`Action`] with its stable names.
macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal;)+) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Action {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)+
        }

        impl Action {
            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The action called `name`.
            pub fn of_name(name: &str) -> Option<Self> {
                [$(Self::$variant),+].into_iter().find(|action| action.name() == name)
            }
        }
    };
}

actions! {
    /// A tweet was sent.
    TweetCreate "tweet.create";
    /// A tweet was deleted.
    TweetDelete "tweet.delete";
    /// A tweet was liked.
    LikeCreate "like.create";
    /// A like was taken back.
    LikeDelete "like.delete";
    /// A tweet was retweeted.
    RetweetCreate "retweet.create";
    /// A retweet was taken back.
    RetweetDelete "retweet.delete";
    /// A tweet was bookmarked.
    BookmarkCreate "bookmark.create";
    /// A bookmark was removed.
    BookmarkDelete "bookmark.delete";
    /// A reply was hidden.
    ReplyHide "reply.hide";
    /// A reply was shown again.
    ReplyUnhide "reply.unhide";
    /// Media was uploaded.
    MediaCreate "media.create";
    /// Media was given an alt text.
    MediaDescribe "media.describe";
    /// A key was made.
    KeyCreate "key.create";
    /// A key's name, scopes, accounts, origins, quota or return addresses were changed.
    KeyChange "key.change";
    /// A key was replaced by a new one.
    KeyRotate "key.rotate";
    /// A key was revoked.
    KeyRevoke "key.revoke";
    /// A key issued the values to sign with by OAuth 1.0a for an account.
    OAuth1Issue "oauth1.issue";
    /// All values that a key had issued to sign with ended.
    OAuth1End "oauth1.end";
    /// A key issued a refresh handle for an account.
    HandleIssue "refresh_handle.issue";
    /// All refresh handles that a key had issued ended.
    HandleEnd "refresh_handle.end";
    /// A token of X was handed out, or refused to a proven key.
    TokenVend "token.vend";
    /// A connection attempt was begun.
    ConnectBegin "connect.begin";
    /// A connection attempt ended, well or not.
    ConnectFinish "connect.finish";
    /// The client application took over a finished connection.
    ConnectRedeem "connect.redeem";
    /// An account was added with tokens X gave elsewhere.
    AccountAdd "account.add";
    /// An account's label, default or pause was changed.
    AccountChange "account.change";
    /// An account was removed and its tokens revoked.
    AccountRemove "account.remove";
    /// X no longer takes an account's tokens: a person must connect it anew.
    AccountNeedsReconnect "account.needs_reconnect";
    /// An account's token was refreshed.
    TokenRefresh "token.refresh";
    /// An endpoint of X that changes something was called through the relay.
    RelayCall "relay.call";
    /// What became of a write whose client had been answered already: it had waited, or its outcome was unknown.
    WriteSettle "write.settle";
    /// A breaker was forced by an operator.
    BreakerForce "breaker.force";
    /// A breaker was given back to its own judgement.
    BreakerRelease "breaker.release";
}
