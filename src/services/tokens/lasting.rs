//! An access token that is good for a while: for whoever takes it out of perch's hands.

use super::{Credential, credential};
use crate::{
    domain::{Timestamp, fault::Fault, ids::AccountId},
    services::Context,
};

/// Below how much life a token is renewed before it is handed out, in ms.
const LEAST_LIFE_MS: u64 = 600_000;
/// Below how much life a token is not handed out at all, in ms: whoever asks is told whole seconds.
const WORTH_GIVING_MS: u64 = 1000;
/// No connection's generation: they count from 1. To name it as rejected asks the account's object past all copies.
const NO_GENERATION: u64 = 0;

/// The credential of `account` as its object has it now, renewed if it would soon end. A renewal that fails is no reason to give
/// nothing while the old token lives.
///
/// # Errors
/// As [`credential`].
pub async fn lasting(context: &Context, account: &AccountId) -> Result<Credential, Fault> {
    let held = credential(context, account, Some(NO_GENERATION)).await?;
    if life_ms(&held, context.now()) >= LEAST_LIFE_MS {
        return Ok(held);
    }
    match credential(context, account, Some(held.generation())).await {
        Err(_) if life_ms(&held, context.now()) >= WORTH_GIVING_MS => Ok(held),
        renewed => renewed,
    }
}

/// How long it is still good, in ms.
fn life_ms(credential: &Credential, now: Timestamp) -> u64 {
    match credential {
        Credential::Bearer { expires_at: Some(end), .. } => end.ms_since(now),
        Credential::Bearer { expires_at: None, .. } | Credential::Sign { .. } => u64::MAX,
    }
}
