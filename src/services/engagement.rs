//! Likes, retweets and bookmarks: what an account does with a tweet. Each is a set: done twice is done once.

use super::{
    Context,
    audit::{self, Deed},
    x::{self, XAnswer},
};
use crate::{
    domain::{
        account::{AccountKind, AccountRecord},
        audit::Action,
        caller::Caller,
        fault::{Code, Fault},
        ids::UserId,
        tweet::TweetId,
    },
    x::{
        endpoints::{bookmarks, likes, retweets},
        operation::XRequest,
    },
};

/// Something an account does with a tweet, or takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engagement {
    /// Likes it.
    Like,
    /// Takes the like back.
    Unlike,
    /// Retweets it.
    Retweet,
    /// Takes the retweet back.
    UndoRetweet,
    /// Bookmarks it.
    Bookmark,
    /// Removes the bookmark.
    RemoveBookmark,
}

impl Engagement {
    fn request(self, user: &UserId, tweet: &TweetId) -> XRequest {
        match self {
            Self::Like => likes::create(user, tweet),
            Self::Unlike => likes::delete(user, tweet),
            Self::Retweet => retweets::create(user, tweet),
            Self::UndoRetweet => retweets::delete(user, tweet),
            Self::Bookmark => bookmarks::create(user, tweet),
            Self::RemoveBookmark => bookmarks::delete(user, tweet),
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::Like => Action::LikeCreate,
            Self::Unlike => Action::LikeDelete,
            Self::Retweet => Action::RetweetCreate,
            Self::UndoRetweet => Action::RetweetDelete,
            Self::Bookmark => Action::BookmarkCreate,
            Self::RemoveBookmark => Action::BookmarkDelete,
        }
    }
}

/// Lets `account` do it, and records that.
///
/// # Errors
/// [`Code::XPermission`] where X wants another kind of token than the account has; and as [`x::call`].
pub async fn engage(
    context: &Context,
    caller: &Caller,
    account: &AccountRecord,
    engagement: Engagement,
    tweet: &TweetId,
) -> Result<XAnswer, Fault> {
    let request = engagement.request(&account.user, tweet);
    if !request.operation.auth.oauth1() && account.kind == AccountKind::OAuth1 {
        let detail = "X takes no OAuth 1.0a token for this; connect the account by OAuth 2.0.";
        return Err(Fault::new(Code::XPermission, detail));
    }
    let done = x::call(context, &account.id, request).await;
    let deed = Deed::new(engagement.action()).by(caller.kid()).for_account(&account.id).to(tweet.as_str());
    audit::record(context, deed, &done);
    done
}
