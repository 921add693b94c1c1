//! Tweets.

use serde::Serialize;

use crate::{
    domain::{
        breaker::Group,
        retry::Effect,
        tweet::{TweetDraft, TweetId},
    },
    x::operation::{Auth, Operation, XRequest},
};

/// `POST /2/tweets`.
pub static CREATE: Operation = Operation {
    method: "POST",
    template: "/2/tweets",
    group: Group::TweetsWrite,
    effect: Effect::Create,
    auth: Auth::User,
    limits: &[(100, 900)],
    timeout_ms: 15_000,
};

/// `DELETE /2/tweets/{id}`.
pub static DELETE: Operation = Operation {
    method: "DELETE",
    template: "/2/tweets/{id}",
    group: Group::TweetsWrite,
    effect: Effect::Set,
    auth: Auth::User,
    limits: &[(50, 900)],
    timeout_ms: 10_000,
};

/// `GET /2/tweets/{id}`.
pub static LOOK_UP: Operation = Operation {
    method: "GET",
    template: "/2/tweets/{id}",
    group: Group::TweetsRead,
    effect: Effect::Read,
    auth: Auth::User,
    limits: &[(900, 900)],
    timeout_ms: 10_000,
};

/// `PUT /2/tweets/{id}/hidden`.
pub static HIDE: Operation = Operation {
    method: "PUT",
    template: "/2/tweets/{tweet_id}/hidden",
    group: Group::Engagement,
    effect: Effect::Set,
    auth: Auth::User,
    limits: &[(50, 900)],
    timeout_ms: 10_000,
};

/// Every operation here.
pub const ALL: &[&Operation] = &[&CREATE, &DELETE, &LOOK_UP, &HIDE];

/// Sends `draft`.
pub fn create(draft: &TweetDraft) -> XRequest {
    XRequest::new(&CREATE, [""; 0]).json(draft)
}

/// Deletes a tweet of the account's own.
pub fn delete(id: &TweetId) -> XRequest {
    XRequest::new(&DELETE, [id.as_str()])
}

/// Looks a tweet up, with what perch shows of one.
pub fn look_up(id: &TweetId) -> XRequest {
    XRequest::new(&LOOK_UP, [id.as_str()]).query("tweet.fields", "author_id,conversation_id,created_at,public_metrics")
}

/// Hides a reply to the account, or shows it again.
pub fn hide(id: &TweetId, hidden: bool) -> XRequest {
    #[derive(Serialize)]
    struct Body {
        hidden: bool,
    }
    XRequest::new(&HIDE, [id.as_str()]).json(&Body { hidden })
}
