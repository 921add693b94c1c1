//! Who a credential speaks for.

use serde::Deserialize;

use super::{
    judge::{self, Verdict},
    send,
};
use crate::{
    domain::{fault::Fault, ids::UserId},
    services::{Context, tokens::Credential},
    x::endpoints::users,
};

/// An X user, as `GET /2/users/me` tells.
#[derive(Clone, Debug, Deserialize)]
pub struct Profile {
    /// X's id.
    #[serde(rename = "id")]
    pub user: UserId,
    /// The handle, without `@`.
    pub username: String,
    /// The name shown.
    pub name: String,
}

/// Asks X whom `credential` speaks for. It belongs to no account yet, so nothing is refreshed.
///
/// # Errors
/// As [`call`](super::call).
pub async fn who(context: &Context, credential: &Credential) -> Result<Profile, Fault> {
    #[derive(Deserialize)]
    struct Me {
        data: Profile,
    }
    let request = users::me();
    let outcome = send(context, credential, &request).await?;
    match judge::judge(request.operation, credential, outcome, context.now()) {
        Verdict::Done(answer) => Ok(answer.json::<Me>()?.data),
        Verdict::Failed(failure) => Err(failure.fault),
    }
}
