//! An account's object has been woken.

use crate::{
    domain::ids::AccountId,
    services::{Context, writes},
};

/// Sees to the account whose object is called `name`. What cannot be done now stays due.
pub async fn wake(context: &Context, name: &str) {
    if let Ok(owner) = AccountId::of_object(name) {
        writes::see_to(context, &owner).await;
    }
}
