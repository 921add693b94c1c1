//! Writes: calls that do something at X each time they are sent, carried so that each is sent once.
//!
//! The account's object decides and keeps: it stores the intent, names the one who sends, and stores the outcome before anybody is
//! answered ([`write`](crate::domain::write)). Sending itself is done by whoever was named: the worker of the client's request, in
//! work that outlives the client; or, for what was left over, the worker that [sees to](see_to) the account. The object never calls
//! X, so that moving or restarting it can lose no answer.

mod due;
mod look;
#[cfg(feature = "crashpoints")]
mod naive;
mod send;
mod turn;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::future::{Either, select};
use http::HeaderMap;
use sha2::{Digest, Sha256};

pub use due::{Noted, overdue, see_to};

use super::{
    Context,
    windows::{self, Refusal},
    x::XAnswer,
};
use crate::{
    crashpoints::crashpoint,
    domain::{
        Timestamp,
        account::{Account, Begin, Command, Reply, WriteCommand, WriteReply},
        fault::{Code, Fault, ToldBefore},
        ids::{AccountId, UserId},
        planner::NotBefore,
        write::{Answer, Intent, Keyed, Outcome, State, Terms, Write, WriteId},
    },
    ports::{EntropyExt, ObjectsExt, Unavailable},
    x::{operation::Operation, sighting},
};
use send::{Sent, Told};

/// How long an outcome is kept, in ms: 72 hours, as `Idempotency-Key` promises.
const KEEP_MS: u64 = 72 * 60 * 60 * 1000;
/// How long to wait before each further try to reach the object, in ms. What X has done cannot be asked again.
const AGAIN_AFTER_MS: [u64; 5] = [100, 300, 1000, 3000, 8000];

/// A write that a client wants.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The account, or the app.
    pub owner: AccountId,
    /// The X user of the account.
    pub user: Option<UserId>,
    /// The endpoint.
    pub operation: &'static Operation,
    /// Path and query, built from the endpoint's template.
    pub target: String,
    /// The client's own headers that X gets.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The key of the client application.
    pub application: String,
    /// The client's own name for it.
    pub idempotency_key: Option<String>,
    /// Whether X is to be heard even where its windows are known to be used up.
    pub hears_x_anyway: bool,
    /// What it is a part of under that name: all of it in some form, and which part this is.
    pub part_of: Option<(String, usize)>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Written {
    /// X has answered.
    Answered {
        /// Its answer.
        answer: Answer,
        /// Whether it is one that was given before.
        replayed: bool,
    },
    /// It is not known yet, or never will be. It can be asked for by its id.
    Open(Box<Write>),
    /// X's windows do not allow it now. Nothing was sent, and nothing is kept.
    Shut(Box<NotBefore>),
}

/// Sends a write, unless it was sent before under the same name.
///
/// It must run in work that outlives its client. By the client's deadline it is answered in any case.
///
/// # Errors
/// [`Code::IdempotencyKeyReused`] and [`Code::IdempotencyKeyInUse`]; and why it was not sent at all.
pub async fn write(context: &Context, wish: Wish) -> Result<Written, Fault> {
    #[cfg(feature = "crashpoints")]
    if context.config.writes.are_naive {
        return naive::write(context, wish).await;
    }
    let owner = wish.owner.clone();
    let begin = begin(context, wish)?;
    due::note(context, &owner, context.now().plus_ms(begin.terms.lease_ms));
    crashpoint!(context, "write.asked", owner.as_str());
    let (reply, asked_at) = turn::take(context, &owner, begin).await?;
    match reply {
        WriteReply::Send { lease, write } => send_in_time(context, owner, lease, *write, asked_at).await,
        WriteReply::Known(write) => known(*write),
        WriteReply::Shown(Some(write)) => Ok(Written::Open(write)),
        WriteReply::Shut(shut) => Ok(Written::Shut(Box::new(shut))),
        WriteReply::OtherBody => Err(Fault::new(
            Code::IdempotencyKeyReused,
            "This Idempotency-Key came before with another request. Take a new key for a new request.",
        )),
        WriteReply::Running { retry_after_ms } => {
            let detail = "The first request with this Idempotency-Key is still being carried out. Ask again.";
            let wait = retry_after_ms.div_ceil(1000);
            Err(Fault::new(Code::IdempotencyKeyInUse, detail).with_retry_after(wait))
        }
        _ => Err(Fault::internal()),
    }
}

/// X's answer to a write, as `/v1` has it.
#[derive(Clone, Debug)]
pub enum Settled {
    /// X did it.
    Did {
        /// Its answer.
        answer: XAnswer,
        /// Whether it is one that was given before.
        replayed: bool,
    },
    /// It is not known yet, or never will be.
    Open(Box<Write>),
}

/// [`write()`] for `/v1`, where a refusal of X's is a fault. One that is told again is told as it was.
///
/// # Errors
/// As [`write()`]; and what X refused.
pub async fn settle(context: &Context, wish: Wish) -> Result<Settled, Fault> {
    let operation = wish.operation;
    match write(context, wish).await? {
        Written::Open(write) => Ok(Settled::Open(write)),
        Written::Shut(shut) => Err(Refusal::Shut(shut).fault(operation, context.now())),
        Written::Answered { answer, replayed } => match send::refusal(operation, &answer) {
            None => {
                let answer = XAnswer { status: answer.status, headers: HeaderMap::new(), body: answer.body.into() };
                Ok(Settled::Did { answer, replayed })
            }
            Some(fault) => {
                Err(fault.told_before(ToldBefore { request_id: answer.request_id, at: answer.at, replayed }))
            }
        },
    }
}

/// A write by its id, for a caller that may see it.
///
/// # Errors
/// [`Code::OperationNotFound`]; when the object does not answer.
pub async fn show(context: &Context, id: &WriteId) -> Result<Write, Fault> {
    match ask(context, &id.owner(), WriteCommand::Show { id: id.clone() }).await {
        Ok(WriteReply::Shown(Some(write))) => Ok(*write),
        Ok(_) => Err(Fault::new(Code::OperationNotFound, "No such operation is kept; outcomes are kept for 72 hours.")),
        Err(_) => Err(out_of_reach()),
    }
}

/// The writes of an account, the youngest first.
///
/// # Errors
/// When the object does not answer.
pub async fn list(
    context: &Context,
    owner: &AccountId,
    before: Option<(Timestamp, WriteId)>,
    most: usize,
) -> Result<Vec<Write>, Fault> {
    match ask(context, owner, WriteCommand::List { before, most }).await {
        Ok(WriteReply::Listed(page)) => Ok(page.writes),
        _ => Err(out_of_reach()),
    }
}

/// Takes a write back that waits for a window.
///
/// # Errors
/// [`Code::Conflict`] when it is too late; [`Code::OperationNotFound`].
pub async fn cancel(context: &Context, id: &WriteId) -> Result<Write, Fault> {
    match ask(context, &id.owner(), WriteCommand::Cancel { id: id.clone() }).await {
        Ok(WriteReply::Shown(Some(write))) => Ok(*write),
        Ok(WriteReply::TooLate(write)) => {
            let detail = format!("The operation is {} and can no longer be taken back.", write.state.name());
            Err(Fault::new(Code::Conflict, detail))
        }
        Ok(_) => Err(Fault::new(Code::OperationNotFound, "No such operation is kept; outcomes are kept for 72 hours.")),
        Err(_) => Err(out_of_reach()),
    }
}

/// Sends, and answers by the client's deadline: what is not known by then is seen to its end beside the answer.
async fn send_in_time(
    context: &Context,
    owner: AccountId,
    lease: String,
    write: Write,
    asked_at: Timestamp,
) -> Result<Written, Fault> {
    let (worker, open) = (context.clone(), write.clone());
    let is_awaited = Arc::new(AtomicBool::new(true));
    let awaited = is_awaited.clone();
    let sending = Box::pin(async move {
        let sent = send(&worker, &owner, &lease, &write, asked_at, &awaited).await;
        (worker, owner, sent)
    });
    let patience = context.ports.timer.sleep(context.call.deadline.left_ms(context.now()));
    match select(sending, patience).await {
        Either::Left(((_, _, sent), _)) => sent,
        Either::Right(((), sending)) => {
            is_awaited.store(false, Ordering::Relaxed);
            let id = open.id.clone();
            let rest = async move {
                let (worker, owner, _) = sending.await;
                due::record_as_kept(&worker, &owner, &id).await;
            };
            context.ports.background.spawn(Box::pin(rest));
            Ok(Written::Open(Box::new(open)))
        }
    }
}

/// Sends, has the outcome stored, and answers; in this order.
async fn send(
    context: &Context,
    owner: &AccountId,
    lease: &str,
    write: &Write,
    asked_at: Timestamp,
    is_awaited: &AtomicBool,
) -> Result<Written, Fault> {
    crashpoint!(context, "write.leave-given", owner.as_str());
    let Sent { outcome, told } = send::send(context, owner, write, asked_at).await;
    crashpoint!(context, "write.answer-received", owner.as_str());
    let was_sent = !matches!(outcome, Outcome::NotSent { .. });
    let is_awaited = is_awaited.load(Ordering::Relaxed);
    let kept = report(context, owner, &write.id, lease, outcome, is_awaited).await;
    crashpoint!(context, "write.outcome-kept", owner.as_str());
    match (told, kept) {
        // The object knows nothing of it, and will have it sent: nobody may be told that it was not.
        (_, Err(_)) if !was_sent => Ok(Written::Open(Box::new(write.clone()))),
        (Told::Answer(answer), _) => Ok(Written::Answered { answer, replayed: false }),
        (Told::Fault(fault), _) => Err(fault),
        (Told::Nothing, kept) => Ok(Written::Open(Box::new(kept.ok().flatten().unwrap_or_else(|| write.clone())))),
    }
}

/// Has the outcome stored, and answers how the write stands then. If the object cannot be reached, the lease ends by itself, and the
/// write is looked for.
async fn report(
    context: &Context,
    owner: &AccountId,
    id: &WriteId,
    lease: &str,
    outcome: Outcome,
    is_awaited: bool,
) -> Result<Option<Write>, Unavailable> {
    let (id, lease, outcome) = (id.clone(), lease.to_owned(), Box::new(outcome));
    let finish = WriteCommand::Finish { id, lease, outcome, is_awaited };
    match insist(context, owner, finish).await? {
        WriteReply::Shown(write) => Ok(write.map(|write| *write)),
        _ => Ok(None),
    }
}

/// What a repeated request is answered.
fn known(write: Write) -> Result<Written, Fault> {
    match (&write.state, &write.answer) {
        (State::Done, Some(answer)) => Ok(Written::Answered { answer: answer.clone(), replayed: true }),
        (State::Failed { code, detail }, _) => {
            Err(Fault::new(Code::of_slug(code).unwrap_or(Code::Internal), detail.clone()))
        }
        (State::Cancelled, _) => {
            Err(Fault::new(Code::Conflict, "The operation under this Idempotency-Key was cancelled. Take a new key."))
        }
        _ => Ok(Written::Open(Box::new(write))),
    }
}

fn begin(context: &Context, wish: Wish) -> Result<Begin, Fault> {
    let entropy = |_: Unavailable| Fault::internal();
    let id = WriteId::make(&wish.owner, &context.ports.entropy.bytes::<16>().map_err(entropy)?);
    let lease = hex::encode(context.ports.entropy.bytes::<16>().map_err(entropy)?);
    let settings = &context.config.writes;
    let can_be_seen =
        settings.looks_per_day > 0 && wish.user.is_some() && sighting::can_be_seen(wish.operation, &wish.body);
    let terms = Terms {
        lease_ms: settings.lease_ms,
        settle_ms: settings.settle_ms,
        keep_ms: KEEP_MS,
        can_be_seen,
        looks_per_day: settings.looks_per_day,
    };
    let (whole, part) = wish.part_of.unwrap_or_default();
    let keyed = wish.idempotency_key.as_ref().map(|key| Keyed {
        key: hash(&[&wish.application, key, &part.to_string()]),
        fingerprint: hash(&[wish.operation.name, &wish.target, &wish.body, &whole]),
    });
    let ask = windows::ask_of(context, &wish.owner, wish.operation);
    let manner = turn::manner(context, wish.hears_x_anyway);
    let intent = Intent {
        operation: wish.operation.name.to_owned(),
        target: wish.target,
        headers: wish.headers,
        body: wish.body,
        user: wish.user.map(Into::into),
        application: wish.application,
        request_id: context.call.request_id.clone(),
    };
    let (app_lease, asked_at) = (None, context.now());
    Ok(Begin { id, keyed, lease, intent, terms, ask, manner, app_lease, asked_at })
}

/// No part can run into the next: none holds a line end that is not escaped, but the last.
fn hash(parts: &[&str]) -> String {
    hex::encode(Sha256::digest(parts.join("\n")))
}

/// Asks until the object answers, or the last wait is over.
async fn insist(context: &Context, owner: &AccountId, command: WriteCommand) -> Result<WriteReply, Unavailable> {
    for wait in AGAIN_AFTER_MS {
        if let Ok(reply) = ask(context, owner, command.clone()).await {
            return Ok(reply);
        }
        context.ports.timer.sleep(wait).await;
    }
    ask(context, owner, command).await
}

async fn ask(context: &Context, owner: &AccountId, command: WriteCommand) -> Result<WriteReply, Unavailable> {
    match context.objects().ask::<Account>(owner.as_str(), &Command::Write(Box::new(command))).await? {
        Reply::Write(reply) => Ok(*reply),
        _ => Err(Unavailable::new("object", "it speaks of something else")),
    }
}

fn out_of_reach() -> Fault {
    let detail = "The account's object does not answer at the moment. Nothing was sent.";
    Fault::new(Code::Unavailable, detail).with_retry_after(1)
}
