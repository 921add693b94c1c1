//! Tweets: sent, threaded, deleted, looked up, and replies hidden.

mod thread;

use super::{
    Context,
    audit::{self, Deed},
    x::{self, XAnswer},
};
use crate::{
    domain::{
        account::AccountRecord,
        audit::Action,
        caller::Caller,
        fault::{Code, Fault, FieldFault},
        tweet::{FieldError, TweetBody, TweetDraft, TweetId},
    },
    x::{endpoints::tweets as endpoint, text},
};

pub use thread::{Sent, send_thread};

/// Checks `body` and sends it.
///
/// # Errors
/// Every field that breaks a rule, before anything is sent; and as [`x::call`].
pub async fn create(
    context: &Context,
    caller: &Caller,
    account: &AccountRecord,
    body: TweetBody,
) -> Result<XAnswer, Fault> {
    let draft = TweetDraft::check(body, text::measure, context.config.max_tweet_length).map_err(refusal)?;
    send(context, caller, account, &draft).await
}

/// Sends a draft, and records that.
async fn send(
    context: &Context,
    caller: &Caller,
    account: &AccountRecord,
    draft: &TweetDraft,
) -> Result<XAnswer, Fault> {
    let sent = x::call(context, &account.id, endpoint::create(draft)).await;
    let deed = Deed::new(Action::TweetCreate).by(caller.kid()).for_account(&account.id).sending(draft.text());
    let deed = match sent.as_ref().ok().and_then(|answer| id_of(answer).ok()) {
        Some(id) => deed.to(id.as_str()),
        None => deed,
    };
    audit::record(context, deed, &sent);
    sent
}

/// Deletes a tweet of the account's own. One that is already gone is no error.
///
/// # Errors
/// As [`x::call`].
pub async fn delete(
    context: &Context,
    caller: &Caller,
    account: &AccountRecord,
    id: &TweetId,
) -> Result<XAnswer, Fault> {
    let deleted = x::call(context, &account.id, endpoint::delete(id)).await;
    let deed = Deed::new(Action::TweetDelete).by(caller.kid()).for_account(&account.id).to(id.as_str());
    audit::record(context, deed, &deleted);
    deleted
}

/// Looks a tweet up.
///
/// # Errors
/// As [`x::call`].
pub async fn look_up(context: &Context, account: &AccountRecord, id: &TweetId) -> Result<XAnswer, Fault> {
    x::call(context, &account.id, endpoint::look_up(id)).await
}

/// Hides a reply to the account's tweets, or shows it again.
///
/// # Errors
/// As [`x::call`].
pub async fn hide(
    context: &Context,
    caller: &Caller,
    account: &AccountRecord,
    id: &TweetId,
    hidden: bool,
) -> Result<XAnswer, Fault> {
    let done = x::call(context, &account.id, endpoint::hide(id, hidden)).await;
    let action = if hidden { Action::ReplyHide } else { Action::ReplyUnhide };
    let deed = Deed::new(action).by(caller.kid()).for_account(&account.id).to(id.as_str());
    audit::record(context, deed, &done);
    done
}

/// The id of the tweet that X says it has made.
fn id_of(answer: &XAnswer) -> Result<TweetId, Fault> {
    #[derive(serde::Deserialize)]
    struct Created {
        data: Data,
    }
    #[derive(serde::Deserialize)]
    struct Data {
        id: TweetId,
    }
    answer.json::<Created>().map(|created| created.data.id)
}

/// Every rule that is broken, as one fault.
fn refusal(errors: Vec<FieldError>) -> Fault {
    let fields: Vec<FieldFault> = errors.into_iter().map(field_fault).collect();
    let detail = match fields.as_slice() {
        [field] => format!("{}: {}", field.field, field.message),
        fields => format!("{} fields break a rule; `fields` says which and what to do.", fields.len()),
    };
    Fault::new(Code::InvalidFields, detail).with_fields(fields)
}

fn field_fault(error: FieldError) -> FieldFault {
    let rule = serde_json::to_value(error.rule).unwrap_or_default();
    FieldFault { field: error.field, rule: rule.as_str().unwrap_or_default().to_owned(), message: error.message }
}
