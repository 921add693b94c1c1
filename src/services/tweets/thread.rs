//! A thread: tweets that each reply to the one before.

use serde::Serialize;

use super::{id_of, refusal, send};
use crate::{
    domain::{
        account::AccountRecord,
        caller::Caller,
        fault::Fault,
        tweet::{ThreadDraft, TweetBody, TweetId},
    },
    services::Context,
    x::text,
};

/// A tweet of a thread, as sent.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Sent {
    /// X's id.
    #[schema(value_type = String)]
    pub id: TweetId,
    /// The text.
    pub text: String,
}

/// Checks all of `tweets`, then sends them one after the other, each as a reply to the one before.
///
/// # Errors
/// Every field that breaks a rule, before anything is sent. Where X refuses one, those before it stand: the fault names them, so
/// that the caller can go on from there or delete them.
pub async fn send_thread(
    context: &Context,
    caller: &Caller,
    account: &AccountRecord,
    tweets: Vec<TweetBody>,
) -> Result<Vec<Sent>, Fault> {
    let thread = ThreadDraft::check(tweets, text::measure, context.config.max_tweet_length).map_err(refusal)?;
    let mut sent: Vec<Sent> = Vec::new();
    for draft in thread.into_tweets() {
        let draft = match sent.last() {
            Some(before) => draft.replying_to(&before.id),
            None => draft,
        };
        let outcome = send(context, caller, account, &draft).await.and_then(|answer| id_of(&answer));
        match outcome {
            Ok(id) => sent.push(Sent { id, text: draft.text().to_owned() }),
            Err(fault) => return Err(cut_off(fault, &sent)),
        }
    }
    Ok(sent)
}

/// The fault of the tweet that failed, naming those that stand.
fn cut_off(fault: Fault, sent: &[Sent]) -> Fault {
    if sent.is_empty() {
        return fault;
    }
    let detail = format!("{} tweets of the thread were sent, then: {}", sent.len(), fault.detail);
    let partial = serde_json::to_value(sent).ok();
    Fault { detail, partial, ..fault }
}
