//! A thread: tweets that each reply to the one before.

use serde::Serialize;

use super::{Sender, id_of, refusal, send};
use crate::{
    domain::{
        fault::Fault,
        tweet::{ThreadDraft, TweetBody, TweetId},
        write::Write,
    },
    services::{Context, writes::Settled},
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

/// What became of a thread.
#[derive(Clone, Debug)]
pub enum Thread {
    /// All of it was sent.
    Whole(Vec<Sent>),
    /// What became of one of its tweets is not known; those before it stand, those behind it were not sent.
    Open {
        /// Those before it.
        sent: Vec<Sent>,
        /// The one.
        write: Box<Write>,
    },
}

/// Checks all of `tweets`, then sends them one after the other, each as a reply to the one before.
///
/// Under an `Idempotency-Key` each tweet is a write of its own: the same thread asked for again goes on where it was cut off.
///
/// # Errors
/// Every field that breaks a rule, before anything is sent. Where X refuses one, those before it stand: the fault names them, so
/// that the caller can go on from there or delete them.
pub async fn send_thread(context: &Context, sender: Sender<'_>, tweets: Vec<TweetBody>) -> Result<Thread, Fault> {
    // A body of ours always serializes.
    let whole = serde_json::to_string(&tweets).unwrap_or_default();
    let thread = ThreadDraft::check(tweets, text::measure, context.config.max_tweet_length).map_err(refusal)?;
    let mut sent: Vec<Sent> = Vec::new();
    for (part, draft) in thread.into_tweets().into_iter().enumerate() {
        let draft = match sent.last() {
            Some(before) => draft.replying_to(&before.id),
            None => draft,
        };
        match send(context, sender, &draft, Some((whole.clone(), part))).await {
            Ok(Settled::Did { answer, .. }) => {
                let id = id_of(&answer).map_err(|fault| cut_off(fault, &sent))?;
                sent.push(Sent { id, text: draft.text().to_owned() });
            }
            Ok(Settled::Open(write)) => return Ok(Thread::Open { sent, write }),
            Err(fault) => return Err(cut_off(fault, &sent)),
        }
    }
    Ok(Thread::Whole(sent))
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
