//! Which account a request acts for.

use std::sync::Arc;

use super::{name::Name, not_found, out_of_reach, store};
use crate::{
    domain::{
        account::AccountRecord,
        caller::Caller,
        fault::{Code, Fault},
    },
    ports::Unavailable,
    services::{
        Context,
        copies::{Copies, Recalled},
    },
};

/// How long an isolate trusts what D1 told it, in ms: how late a new handle, or a removal elsewhere, may be seen.
const REMEMBERED_MS: u64 = 30_000;

type Accounts = Arc<[Arc<AccountRecord>]>;

/// Whom names stood for a moment ago. It knows nothing of callers: whether one may use an account is decided on every call, by
/// its key.
pub type Remembered = Copies<Name, Accounts>;

/// The account a request acts for: the one it names, else the key's default, else the only one the key is granted.
///
/// # Errors
/// [`Code::AccountNotFound`] for what is unknown or not the caller's, without saying which; [`Code::AccountNeeded`] when nothing
/// is named and nothing follows, or when several accounts bear the handle; [`Code::InvalidRequest`] for what is no name at all.
pub async fn select(context: &Context, caller: &Caller, named: Option<&str>) -> Result<Arc<AccountRecord>, Fault> {
    let account = match named {
        Some(text) => one_of(&usable(context, caller, Name::parse(text)?).await?, not_found)?,
        None => unnamed(context, caller).await?,
    };
    context.call.note(|facts| facts.account = Some(account.id.clone()));
    Ok(account)
}

async fn unnamed(context: &Context, caller: &Caller) -> Result<Arc<AccountRecord>, Fault> {
    let record = caller.record();
    if let Some(default) = caller.default_account()
        && let [account] = usable(context, caller, Name::Id(default.clone())).await?.as_slice()
    {
        return Ok(account.clone());
    }
    let granted = Name::Granted(record.kid.clone(), record.version);
    one_of(&usable(context, caller, granted).await?, needed)
}

fn one_of(accounts: &[Arc<AccountRecord>], none: fn() -> Fault) -> Result<Arc<AccountRecord>, Fault> {
    match accounts {
        [] => Err(none()),
        [account] => Ok(account.clone()),
        _ => Err(needed()),
    }
}

fn needed() -> Fault {
    Fault::new(
        Code::AccountNeeded,
        "Name the account in Perch-Account (GET /v1/accounts lists them), or make one the key's default.",
    )
}

/// Those of the accounts so named that `caller` may use.
async fn usable(context: &Context, caller: &Caller, name: Name) -> Result<Vec<Arc<AccountRecord>>, Fault> {
    let accounts = named(context, caller, name).await.map_err(out_of_reach)?;
    Ok(accounts.iter().filter(|account| caller.may_use(&account.id)).cloned().collect())
}

async fn named(context: &Context, caller: &Caller, name: Name) -> Result<Accounts, Unavailable> {
    match context.memory.accounts.recall(&name, context.now()) {
        Recalled::Fresh(known) => Ok(known),
        Recalled::Ageing(known) => {
            let (worker, caller) = (context.beside(), caller.clone());
            let renew = async move {
                // What cannot be renewed now is looked up when it has ended.
                let _ = look_up(&worker, &caller, name).await;
            };
            context.ports.background.spawn(Box::pin(renew));
            Ok(known)
        }
        Recalled::Nothing => look_up(context, caller, name).await,
    }
}

async fn look_up(context: &Context, caller: &Caller, name: Name) -> Result<Accounts, Unavailable> {
    let found = match &name {
        Name::Id(id) => store::load(context, id).await?.into_iter().collect(),
        Name::User(user) => store::by_x_user(context, user).await?.into_iter().collect(),
        Name::Handle(handle) => store::by_username(context, handle).await?,
        // Two are enough to see that there is more than one.
        Name::Granted(..) => store::granted(context, &caller.record().accounts, 2).await?,
    };
    let found: Accounts = found.into_iter().map(Arc::new).collect();
    // That a name is nobody's is not remembered: it may be somebody's in a moment.
    if found.is_empty() {
        context.memory.accounts.forget(&name);
    } else {
        let now = context.now();
        context.memory.accounts.remember(name, found.clone(), now, now.plus_ms(REMEMBERED_MS));
    }
    Ok(found)
}
