//! Refresh handles: what another server holds instead of X's refresh token.

use super::{
    oauth1::{granted, may_issue},
    revise::{Revision, revise},
};
use crate::{
    domain::{
        account::{AccountKind, AccountRecord},
        api_key::{KeyId, RefreshHandle},
        audit::Action,
        caller::Caller,
        fault::{Code, Fault},
    },
    services::{
        Context,
        audit::{self, Deed},
    },
};

/// Issues the handle of the key `kid` for `account`. As long as the key's handles are not ended, it is the same each time.
///
/// # Errors
/// [`Code::KeyNotFound`]; [`Code::InvalidFields`] for an account that is none of the key's; [`Code::Conflict`] for one whose token
/// signs and is not refreshed, when the key no longer works, or others keep changing it; [`Code::Unavailable`].
pub async fn issue_handle(
    context: &Context,
    caller: &Caller,
    kid: &KeyId,
    account: &str,
) -> Result<(RefreshHandle, AccountRecord), Fault> {
    let issued = issue(context, kid, account).await;
    let mut deed = Deed::new(Action::HandleIssue).by(caller.kid()).to(kid.as_str());
    if let Ok((_, account)) = &issued {
        deed = deed.for_account(&account.id);
    }
    audit::record(context, deed, &issued);
    issued
}

async fn issue(context: &Context, kid: &KeyId, account: &str) -> Result<(RefreshHandle, AccountRecord), Fault> {
    let account = granted(context, kid, account).await?;
    if account.kind == AccountKind::OAuth1 {
        return Err(Fault::new(Code::Conflict, "OAuth 1.0a tokens do not end, so there is nothing to refresh."));
    }
    let now = context.now();
    let record = revise(context, kid, |record| {
        may_issue(record, &account.id, record.standing(now))?;
        Ok(if record.refresh_handles.begin() { Revision::Write } else { Revision::Nothing })
    });
    let serial = record.await?.refresh_handles.serial().ok_or_else(Fault::internal)?;
    let user = account.user.clone();
    Ok((RefreshHandle::derive(&context.config.pepper, kid.clone(), serial, user, &account.id), account))
}

/// Ends all handles of the key `kid`, for ever: what is issued later is different. Doing it again changes nothing.
///
/// # Errors
/// [`Code::KeyNotFound`], [`Code::Conflict`] when others keep changing the key, [`Code::Unavailable`].
pub async fn end_handles(context: &Context, caller: &Caller, kid: &KeyId) -> Result<(), Fault> {
    let ended = revise(context, kid, |record| {
        Ok(if record.refresh_handles.end() { Revision::Write } else { Revision::Nothing })
    });
    let ended = ended.await.map(|_| ());
    let deed = Deed::new(Action::HandleEnd).by(caller.kid()).to(kid.as_str());
    audit::record(context, deed, &ended);
    ended
}
