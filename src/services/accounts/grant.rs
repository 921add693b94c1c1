//! Letting a key use an account, and which account it uses by default.

use super::{out_of_reach, store};
use crate::{
    domain::{
        api_key::{KeyId, KeyRecord, Standing},
        fault::{Code, Fault},
        ids::AccountId,
    },
    services::{Context, keys},
};

/// How often a key's record is read again when somebody else changes it at the same time.
const TRIES: usize = 8;

/// Lets the key `kid` use `account`, which becomes its default if it has none, or one that is gone.
///
/// # Errors
/// [`Code::KeyNotFound`] when the key no longer works; [`Code::Unavailable`].
pub async fn grant(context: &Context, kid: &KeyId, account: &AccountId) -> Result<(), Fault> {
    let gone = gone_default(context, kid).await?;
    amend(context, kid, |record| {
        let mut changed = !record.accounts.permits(account);
        record.accounts.add(account.clone());
        if record.default_account.is_none() || record.default_account == gone {
            record.default_account = Some(account.clone());
            changed = true;
        }
        changed
    })
    .await
}

/// The key's default account, if it has been removed.
async fn gone_default(context: &Context, kid: &KeyId) -> Result<Option<AccountId>, Fault> {
    let record = keys::load(context, kid).await.map_err(out_of_reach)?;
    let Some(default) = record.and_then(|record| record.default_account) else {
        return Ok(None);
    };
    let known = store::load(context, &default).await.map_err(out_of_reach)?;
    Ok(known.is_none().then_some(default))
}

/// Makes `account` the default of the key `kid`, or no longer so.
pub(super) async fn set_default(
    context: &Context,
    kid: &KeyId,
    account: &AccountId,
    default: bool,
) -> Result<(), Fault> {
    amend(context, kid, |record| {
        let is_default = record.default_account.as_ref() == Some(account);
        if is_default != default {
            record.default_account = default.then(|| account.clone());
        }
        is_default != default
    })
    .await
}

/// Changes the newest record of a key by `change`, which says whether there is anything to write, and may be asked again.
async fn amend(context: &Context, kid: &KeyId, change: impl Fn(&mut KeyRecord) -> bool + Send) -> Result<(), Fault> {
    for _ in 0..TRIES {
        let record = keys::load(context, kid).await.map_err(out_of_reach)?;
        let mut record = record.filter(|record| record.standing(context.now()) == Standing::Active).ok_or_else(gone)?;
        if !change(&mut record) {
            return Ok(());
        }
        record.version = record.version.saturating_add(1);
        if keys::update(context, &record).await.map_err(out_of_reach)? {
            spread(context, &record).await;
            return Ok(());
        }
    }
    Err(Fault::new(Code::Unavailable, "The key is being changed by others. Try again.").with_retry_after(1))
}

/// The change stands; these only make it seen sooner than a minute from now: everywhere, and in this isolate.
async fn spread(context: &Context, record: &KeyRecord) {
    let _ = keys::announce(context, record).await;
    let _ = keys::newest(context, &record.kid).await;
}

fn gone() -> Fault {
    Fault::new(Code::KeyNotFound, "The key that asked for this no longer works.")
}
