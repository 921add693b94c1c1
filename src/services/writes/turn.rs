//! The leave to send a write: asked of the account's object until it is given, refused, or waited for long enough.

use super::{ask, out_of_reach, report, send};
use crate::{
    domain::{
        Timestamp,
        account::{Begin, Manner, WriteCommand, WriteReply},
        fault::{Code, Fault},
        ids::AccountId,
        write::WriteId,
    },
    ports::Unavailable,
    services::{
        Context,
        windows::{self, Refusal},
    },
};

/// How often the object is asked before it counts as out of reach. Nothing has been sent meanwhile.
const TRIES: usize = 3;
/// How often a lease of a window that all accounts share is asked for: others may have used it up on its way.
const LEASES: usize = 3;

/// How long a write waits unasked, in ms: a window that X says is over may not be so yet by X's clock.
const A_MOMENT_MS: u64 = 1000;

/// When the client wants its write sent.
pub(super) fn manner(context: &Context, anyway: bool) -> Manner {
    if anyway {
        return Manner::Anyway;
    }
    if context.call.preference.respond_async {
        return Manner::Later;
    }
    windows::may_wait_until(context).map_or(Manner::Now, Manner::Until)
}

/// Asks for leave. Answers also when it was asked, from where the lease counts at the earliest.
///
/// # Errors
/// When the object, or the app's, does not answer.
pub(super) async fn take(
    context: &Context,
    owner: &AccountId,
    mut begin: Begin,
) -> Result<(WriteReply, Timestamp), Fault> {
    let (first_asked, mut leases) = (context.now(), 0);
    loop {
        begin.asked_at = context.now();
        match ask_often(context, owner, &begin).await {
            Ok(WriteReply::AppLease { want }) if leases < LEASES => {
                leases += 1;
                begin.app_lease = match windows::lease(context, owner, want).await {
                    Ok(lease) => Some(lease),
                    // The account's object knows it now, and says when, or lets it wait.
                    Err(Refusal::Shut(_)) => None,
                    Err(Refusal::OutOfReach) => return Err(withdrawn(context, owner, &begin)),
                };
            }
            // A window that opens in a moment is no reason to refuse anybody.
            Ok(WriteReply::Shut(shut))
                if begin.manner == Manner::Now && shut.until <= first_asked.plus_ms(A_MOMENT_MS) =>
            {
                context.ports.timer.sleep(shut.until.ms_since(context.now())).await;
                if context.now() > first_asked.plus_ms(A_MOMENT_MS) {
                    return Ok((WriteReply::Shut(shut), begin.asked_at));
                }
            }
            Ok(WriteReply::Still) => begin.app_lease = None,
            Ok(WriteReply::AppLease { .. }) | Err(_) => return Err(withdrawn(context, owner, &begin)),
            Ok(reply) => return Ok((reply, begin.asked_at)),
        }
    }
}

async fn ask_often(context: &Context, owner: &AccountId, begin: &Begin) -> Result<WriteReply, Unavailable> {
    let mut reply = Err(Unavailable::new("object", "not asked"));
    for _ in 0..TRIES {
        reply = ask(context, owner, WriteCommand::Begin(Box::new(begin.clone()))).await;
        if reply.is_ok() {
            break;
        }
    }
    reply
}

/// The object may have given leave without our hearing of it. Nothing was sent, and nothing shall be; should the object not hear of
/// that either, it has the write sent after all. So the client is told where to ask.
fn withdrawn(context: &Context, owner: &AccountId, begin: &Begin) -> Fault {
    let (worker, owner) = (context.beside(), owner.clone());
    let (id, lease): (WriteId, String) = (begin.id.clone(), begin.lease.clone());
    let work = async move {
        let outcome = send::not_sent(&out_of_reach());
        let _ = report(&worker, &owner, &id, &lease, outcome, true).await;
        let _ = ask(&worker, &owner, WriteCommand::Cancel { id }).await;
    };
    context.ports.background.spawn(Box::pin(work));
    let detail = format!(
        "The account's object does not answer, so it is not known whether perch has taken this. Once it answers, \
         GET /v1/operations/{} tells: 404 means that it was not taken.",
        begin.id
    );
    Fault::new(Code::Unavailable, detail).with_retry_after(5)
}
