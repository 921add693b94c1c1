//! What the operator may change of an account: its label, its pause, whose default it is.

use super::{grant, keep::ask, not_found, out_of_reach, store};
use crate::{
    domain::{
        account::{AccountRecord, Command},
        audit::Action,
        caller::Caller,
        fault::Fault,
    },
    services::{
        Context,
        audit::{self, Deed},
        tokens,
    },
};

/// What becomes of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relabel {
    /// It is taken off.
    Remove,
    /// This takes its place.
    To(String),
}

/// What to change. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The label.
    pub label: Option<Relabel>,
    /// Whether it is paused: no call is made for it then.
    pub paused: Option<bool>,
    /// Whether it is the calling key's default.
    pub default: Option<bool>,
}

/// Changes `account`, and answers with it as it is then.
///
/// # Errors
/// [`Unavailable`](crate::domain::fault::Code::Unavailable); a part may have been changed, and the same request completes it.
pub async fn change(
    context: &Context,
    caller: &Caller,
    account: AccountRecord,
    change: Change,
) -> Result<AccountRecord, Fault> {
    let deed = Deed::new(Action::AccountChange).by(caller.kid()).for_account(&account.id);
    let outcome = apply(context, caller, account, change).await;
    audit::record(context, deed, &outcome);
    outcome
}

/// Makes `account` the calling key's default.
///
/// # Errors
/// As [`change`].
pub async fn make_default(context: &Context, caller: &Caller, account: AccountRecord) -> Result<AccountRecord, Fault> {
    let default = Change { default: Some(true), ..Change::default() };
    change(context, caller, account, default).await
}

async fn apply(
    context: &Context,
    caller: &Caller,
    mut account: AccountRecord,
    change: Change,
) -> Result<AccountRecord, Fault> {
    let row = change.paused.is_some() || change.label.is_some();
    if let Some(paused) = change.paused {
        // The object decides; the row follows. Copies of the token go last, when nobody is given a new one.
        ask(context, &account.id, &Command::SetPaused { paused }).await?;
        tokens::drop_copies(context, &account.id).await;
        account.paused = paused;
    }
    match change.label {
        Some(Relabel::Remove) => account.label = None,
        Some(Relabel::To(label)) => account.label = Some(label),
        None => {}
    }
    if row {
        write(context, &mut account).await?;
    }
    if let Some(default) = change.default {
        grant::set_default(context, caller.kid(), &account.id, default).await?;
    }
    Ok(account)
}

async fn write(context: &Context, account: &mut AccountRecord) -> Result<(), Fault> {
    let label = account.label.as_deref();
    let written = store::change(context, &account.id, label, account.paused).await.map_err(out_of_reach)?;
    context.memory.accounts.clear();
    account.updated_at = context.now();
    if written { Ok(()) } else { Err(not_found()) }
}
