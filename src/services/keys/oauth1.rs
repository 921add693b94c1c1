//! The four values with which a client signs by OAuth 1.0a: issued on demand, derived and not kept.

use super::{
    list, out_of_reach,
    revise::{Revision, revise},
};
use crate::{
    domain::{
        account::AccountRecord,
        api_key::{ConsumerKey, KeyId, KeyRecord, SigningSecrets, SigningToken, Standing},
        audit::Action,
        caller::Caller,
        fault::{Code, Fault},
        ids::AccountId,
    },
    services::{
        Context, accounts,
        audit::{self, Deed},
    },
};

/// What a client is given to sign with.
#[derive(Debug)]
pub struct SigningValues {
    /// Names the key.
    pub consumer_key: ConsumerKey,
    /// Names the account.
    pub token: SigningToken,
    /// Prove that the key has issued both.
    pub secrets: SigningSecrets,
}

/// Issues the values of the key `kid` for `account`. As long as they are not ended, they are the same each time.
///
/// # Errors
/// [`Code::KeyNotFound`]; [`Code::InvalidFields`] for an account that is none of the key's; [`Code::Conflict`] when the key no longer
/// works or others keep changing it; [`Code::Unavailable`].
pub async fn issue_oauth1(
    context: &Context,
    caller: &Caller,
    kid: &KeyId,
    account: &str,
) -> Result<SigningValues, Fault> {
    let issued = issue(context, kid, account).await;
    let mut deed = Deed::new(Action::OAuth1Issue).by(caller.kid()).to(kid.as_str());
    if let Ok(values) = &issued {
        deed = deed.for_account(&values.token.account);
    }
    audit::record(context, deed, &issued);
    issued
}

async fn issue(context: &Context, kid: &KeyId, account: &str) -> Result<SigningValues, Fault> {
    let account = granted(context, kid, account).await?;
    let now = context.now();
    let record = revise(context, kid, |record| {
        may_issue(record, &account.id, record.standing(now))?;
        Ok(if record.oauth1.begin() { Revision::Write } else { Revision::Nothing })
    });
    let serial = record.await?.oauth1.serial().ok_or_else(Fault::internal)?;
    let token = SigningToken { user: account.user, account: account.id };
    let secrets = SigningSecrets::derive(&context.config.pepper, kid, serial, &token);
    Ok(SigningValues { consumer_key: ConsumerKey(kid.clone()), token, secrets })
}

/// Ends all values of the key `kid`, for ever: what is issued later is different. Doing it again changes nothing.
///
/// # Errors
/// [`Code::KeyNotFound`], [`Code::Conflict`] when others keep changing the key, [`Code::Unavailable`].
pub async fn end_oauth1(context: &Context, caller: &Caller, kid: &KeyId) -> Result<(), Fault> {
    let ended =
        revise(context, kid, |record| Ok(if record.oauth1.end() { Revision::Write } else { Revision::Nothing }));
    let ended = ended.await.map(|_| ());
    let deed = Deed::new(Action::OAuth1End).by(caller.kid()).to(kid.as_str());
    audit::record(context, deed, &ended);
    ended
}

/// The account called `id`, if it is one of the key's. Of an account that is not there nothing else is told.
pub(super) async fn granted(context: &Context, kid: &KeyId, id: &str) -> Result<AccountRecord, Fault> {
    let record = list::get(context, kid).await?;
    let id = AccountId::parse(id).map_err(|_| not_granted())?;
    let account = accounts::load(context, &id).await.map_err(|e| out_of_reach(&e))?;
    account.filter(|account| record.accounts.permits(&account.id)).ok_or_else(not_granted)
}

/// Only a key that works issues anything, and only for its own accounts.
pub(super) fn may_issue(record: &KeyRecord, account: &AccountId, standing: Standing) -> Result<(), Fault> {
    if standing != Standing::Active {
        return Err(Fault::new(Code::Conflict, "The key no longer works. Make a new one."));
    }
    if record.accounts.permits(account) { Ok(()) } else { Err(not_granted()) }
}

fn not_granted() -> Fault {
    let message = "Give the id of a connected account that this key may use, as GET /v1/accounts lists it.";
    Fault::field("account_id", "not_granted", message)
}
