//! Tweets: sent, threaded, deleted, looked up, and replies hidden.

mod thread;

use super::{
    Context,
    audit::{self, Deed},
    writes::{self, Settled, Wish},
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

pub use thread::{Sent, Thread, send_thread};

/// Who wants a tweet, for which account, and under which name.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// For which account.
    pub account: &'a AccountRecord,
    /// The client's own name for it (`Idempotency-Key`).
    pub idempotency_key: Option<&'a str>,
}

/// Checks `body` and sends it.
///
/// # Errors
/// Every field that breaks a rule, before anything is sent; and as [`writes::settle`].
pub async fn create(context: &Context, sender: Sender<'_>, body: TweetBody) -> Result<Settled, Fault> {
    let draft = TweetDraft::check(body, text::measure, context.config.max_tweet_length).map_err(refusal)?;
    send(context, sender, &draft, None).await
}

/// Sends a draft, and records that.
async fn send(
    context: &Context,
    sender: Sender<'_>,
    draft: &TweetDraft,
    part_of: Option<(String, usize)>,
) -> Result<Settled, Fault> {
    let request = endpoint::create(draft);
    let (content_type, body) = request.body.unwrap_or_default();
    let accept = ("accept".to_owned(), "application/json".to_owned());
    let wish = Wish {
        owner: sender.account.id.clone(),
        user: Some(sender.account.user.clone()),
        operation: request.operation,
        target: request.operation.template().to_owned(),
        headers: vec![accept, ("content-type".to_owned(), content_type)],
        body: String::from_utf8_lossy(&body).into_owned(),
        application: sender.caller.kid().as_str().to_owned(),
        idempotency_key: sender.idempotency_key.map(str::to_owned),
        hears_x_anyway: false,
        part_of,
    };
    let sent = writes::settle(context, wish).await;
    record(context, sender, draft, &sent);
    sent
}

/// What was answered from memory has its row already.
fn record(context: &Context, sender: Sender<'_>, draft: &TweetDraft, sent: &Result<Settled, Fault>) {
    let deed = Deed::new(Action::TweetCreate).by(sender.caller.kid()).for_account(&sender.account.id);
    let deed = deed.sending(draft.text());
    match sent {
        Ok(Settled::Did { replayed: true, .. }) => {}
        Ok(Settled::Did { answer, .. }) => {
            let deed = match id_of(answer) {
                Ok(id) => deed.to(id.as_str()),
                Err(_) => deed,
            };
            audit::record(context, deed, &Ok(()));
        }
        Ok(Settled::Open(write)) => {
            let unknown = Fault::new(Code::OutcomeUnknown, "");
            audit::record::<()>(context, deed.to(write.id.as_str()), &Err(unknown));
        }
        Err(fault) if fault.told_before.as_ref().is_some_and(|told| told.replayed) => {}
        Err(fault) => audit::record::<()>(context, deed, &Err(fault.clone())),
    }
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
