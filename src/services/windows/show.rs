//! The windows as people ask for them.

use super::{Refusal, object};
use crate::{
    domain::{
        account::{Planned, Planning},
        fault::{Code, Fault},
        ids::AccountId,
        planner::Pause,
        window::{self, Window},
    },
    services::Context,
    x::endpoints,
};

/// What is known of the windows of an account, or of the app.
pub struct Known {
    /// The windows, by name.
    pub windows: Vec<Window>,
    /// The pauses in force, with what they concern.
    pub pauses: Vec<(String, Pause)>,
}

/// Every window of `account`: what X told, and for endpoints never heard of the limits it publishes; with the pauses in force.
///
/// # Errors
/// When the account's object does not answer.
pub async fn known(context: &Context, account: &AccountId) -> Result<Known, Fault> {
    let mut known = ask(context, account).await?;
    for operation in endpoints::all() {
        for (limit, window_s) in operation.limits {
            let name = window::name(operation.name, *window_s);
            if !known.windows.iter().any(|window| window.name == name) {
                known.windows.push(Window::prior(name, *limit));
            }
        }
    }
    known.windows.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(known)
}

/// The windows alone.
///
/// # Errors
/// When the account's object does not answer.
pub async fn all(context: &Context, account: &AccountId) -> Result<Vec<Window>, Fault> {
    known(context, account).await.map(|known| known.windows)
}

/// The windows of `owner` that calls were counted in or X has told of: an account's, or the app's.
///
/// # Errors
/// When the owner's object does not answer.
pub async fn learned(context: &Context, owner: &AccountId) -> Result<Vec<Window>, Fault> {
    ask(context, owner).await.map(|known| known.windows)
}

async fn ask(context: &Context, owner: &AccountId) -> Result<Known, Fault> {
    match object::plan(context, owner, Planning::Show).await {
        Ok(Planned::Known { windows, pauses }) => Ok(Known { windows, pauses }),
        Ok(_) | Err(Refusal::Shut(_) | Refusal::OutOfReach) => {
            Err(Fault::new(Code::Unavailable, "The account's windows cannot be asked at the moment."))
        }
    }
}
