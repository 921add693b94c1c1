//! Connected X accounts: which one a request means, what is known of it, and adding, changing and removing one.
//!
//! D1 keeps their names, the account's object its tokens. To a caller that has not been granted an account it does not exist:
//! both cases end in the same fault, found out in the same way.

mod add;
mod change;
mod grant;
mod keep;
mod label;
mod look;
mod name;
mod remove;
mod select;
mod store;

use super::Context;
use crate::{
    domain::{
        account::AccountRecord,
        caller::Caller,
        fault::{Code, Fault},
        ids::AccountId,
    },
    ports::Unavailable,
};

pub use add::{UserTokens, add};
pub use change::{Change, Relabel, change, make_default};
pub use grant::grant;
pub(super) use keep::mismatch;
pub use keep::{Brought, keep};
pub use label::label;
pub use look::{health, refresh};
pub use remove::remove;
pub use select::{Remembered, select};
pub use store::{by_username, by_x_user, list, load};

/// The account called `id`, if the caller may use it.
///
/// # Errors
/// [`Code::AccountNotFound`] for what does not exist, what is no id, and what the caller may not use; [`Code::Unavailable`].
pub async fn usable(context: &Context, caller: &Caller, id: &str) -> Result<AccountRecord, Fault> {
    let id = AccountId::parse(id).map_err(|_| not_found())?;
    let record = store::load(context, &id).await.map_err(out_of_reach)?;
    let record = record.filter(|record| caller.may_use(&record.id)).ok_or_else(not_found)?;
    context.call.note(|facts| facts.account = Some(record.id.clone()));
    Ok(record)
}

/// There is no such account, or it is none of the caller's business.
pub(super) fn not_found() -> Fault {
    Fault::new(Code::AccountNotFound, "No such account is connected, or this key may not use it.")
}

/// D1 or the account's object does not answer.
pub fn out_of_reach(_: Unavailable) -> Fault {
    Fault::new(Code::Unavailable, "Accounts cannot be reached at the moment.").with_retry_after(2)
}
