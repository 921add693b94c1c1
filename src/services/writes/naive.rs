//! The naive way to write: send, then store. Crash tests run it beside the right one, to show that they tell them apart.

use super::{Wish, Written, begin, known, report, send, show, turn};
use crate::{
    crashpoints::crashpoint,
    domain::{
        fault::Fault,
        write::{Write, WriteId},
    },
    services::Context,
};
use send::{Sent, Told};

/// Sends a write, unless it is stored as sent under the same name; then stores it.
///
/// # Errors
/// Why it was not sent.
pub(super) async fn write(context: &Context, wish: Wish) -> Result<Written, Fault> {
    let owner = wish.owner.clone();
    let mut begin = begin(context, wish)?;
    if let Some(keyed) = &begin.keyed
        && let Some(entropy) = hex::decode(&keyed.key).ok().as_deref().and_then(<[u8]>::first_chunk)
    {
        begin.id = WriteId::make(&owner, entropy);
    }
    if let Ok(write) = show(context, &begin.id).await {
        return known(write);
    }
    let write = Write::new(begin.id.clone(), None, begin.intent.clone(), begin.terms, begin.ask.clone(), context.now());
    let Sent { outcome, told } = send::send(context, &owner, &write, context.now()).await;
    crashpoint!(context, "write.answer-received", owner.as_str());
    let (id, lease) = (begin.id.clone(), begin.lease.clone());
    let stored = match turn::take(context, &owner, begin).await {
        Ok(_) => report(context, &owner, &id, &lease, outcome, true).await.ok().flatten(),
        Err(_) => None,
    };
    crashpoint!(context, "write.outcome-kept", owner.as_str());
    match told {
        Told::Answer(answer) => Ok(Written::Answered { answer, replayed: false }),
        Told::Fault(fault) => Err(fault),
        Told::Nothing => Ok(Written::Open(Box::new(stored.unwrap_or(write)))),
    }
}
