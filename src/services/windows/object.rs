//! The account's object, asked before a write is sent; and the app's, where a window is shared by all accounts.

use super::Refusal;
use crate::{
    domain::{
        account::{Account, Command, Planned, Planning, Reply},
        ids::AccountId,
        planner::{Admission, AppLease, Ask, LeaseWish, NotBefore, PauseReason},
    },
    ports::ObjectsExt,
    services::Context,
};

/// Asks the planner of `owner`.
pub(super) async fn plan(context: &Context, owner: &AccountId, planning: Planning) -> Result<Planned, Refusal> {
    match context.objects().ask::<Account>(owner.as_str(), &Command::Plan(planning)).await {
        Ok(Reply::Plan(planned)) => Ok(*planned),
        _ => Err(Refusal::OutOfReach),
    }
}

/// Counts one call, if it may go.
pub(super) async fn admit(context: &Context, owner: &AccountId, ask: &Ask) -> Result<(), Refusal> {
    match admission(context, owner, ask, None).await? {
        Admission::AppLease { want } => with_lease(context, owner, ask, want).await,
        admission => judged(admission),
    }
}

async fn with_lease(context: &Context, owner: &AccountId, ask: &Ask, wish: LeaseWish) -> Result<(), Refusal> {
    let lease = lease(context, owner, wish).await?;
    judged(admission(context, owner, ask, Some(lease)).await?)
}

/// Asks the app's object for calls of a window that all accounts share. Where it has none, the account's own object is told until
/// when.
///
/// # Errors
/// See [`Refusal`].
pub async fn lease(context: &Context, owner: &AccountId, wish: LeaseWish) -> Result<AppLease, Refusal> {
    let scope = wish.operation.clone();
    match plan(context, &AccountId::app(), Planning::LeaseOut { wish }).await? {
        Planned::Lease(Ok(lease)) => Ok(lease),
        Planned::Lease(Err(shut)) => {
            let reason = shut.pause.unwrap_or(PauseReason::AppWindow);
            plan(context, owner, Planning::Pause { scope, until: shut.until, reason }).await?;
            Err(Refusal::Shut(Box::new(shut)))
        }
        _ => Err(Refusal::OutOfReach),
    }
}

async fn admission(
    context: &Context,
    owner: &AccountId,
    ask: &Ask,
    lease: Option<AppLease>,
) -> Result<Admission, Refusal> {
    match plan(context, owner, Planning::Admit { ask: ask.clone(), lease }).await? {
        Planned::Admission(admission) => Ok(admission),
        _ => Err(Refusal::OutOfReach),
    }
}

fn judged(admission: Admission) -> Result<(), Refusal> {
    match admission {
        Admission::Go => Ok(()),
        Admission::NotBefore { until, window, pause } => {
            Err(Refusal::Shut(Box::new(NotBefore { until, window, pause })))
        }
        // Others have used the lease up while it was on its way; it is asked for again by the next call.
        Admission::AppLease { .. } => Err(Refusal::OutOfReach),
    }
}
