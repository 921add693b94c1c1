//! Who a credential speaks for.

use serde::Deserialize;

use crate::{
    domain::{fault::Fault, ids::UserId},
    services::{Context, tokens::Credential},
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
    let _ = (context, credential);
    todo!()
}
