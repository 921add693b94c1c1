//! Rotating a key: a new one takes its place while the old one works on for a while.

use super::{
    list,
    make::{Made, fresh},
    out_of_reach, overtaken,
    revise::TRIES,
    store, tell, terms,
};
use crate::{
    domain::{
        api_key::{Issue, KeyId, KeyRecord, Mode, Standing},
        audit::Action,
        caller::Caller,
        fault::{Code, Fault},
    },
    services::{
        Context,
        audit::{self, Deed},
    },
};

/// The longest overlap, in seconds: a week.
const LONGEST_OVERLAP_S: u64 = 604_800;

/// Makes a key with the terms of `kid`, which goes on working for `overlap_s` seconds.
///
/// # Errors
/// [`Code::InvalidFields`], [`Code::KeyNotFound`], [`Code::Conflict`] when the key no longer works, was rotated before, or others
/// keep changing it; [`Code::Unavailable`].
pub async fn rotate(
    context: &Context,
    caller: &Caller,
    kid: &KeyId,
    overlap_s: u64,
    mode: Mode,
) -> Result<Made, Fault> {
    let replacement = attempt(context, kid, overlap_s, mode).await;
    let deed = Deed::new(Action::KeyRotate).by(caller.kid()).to(kid.as_str());
    audit::record(context, deed, &replacement);
    replacement
}

async fn attempt(context: &Context, kid: &KeyId, overlap_s: u64, mode: Mode) -> Result<Made, Fault> {
    if overlap_s > LONGEST_OVERLAP_S {
        let message = format!("Give 0 to {LONGEST_OVERLAP_S} seconds.");
        terms::refuse(vec![terms::fault("overlap_s", "range", message)])?;
    }
    let key = fresh(context, mode)?;
    for _ in 0..TRIES {
        let mut old = list::get(context, kid).await?;
        rotatable(context, &old)?;
        let now = context.now();
        let life = old.expires_at.map(|end| end.ms_since(old.created_at));
        let new = KeyRecord {
            kid: key.kid().clone(),
            hash: key.hash(&context.config.pepper),
            created_at: now,
            // The new key lives as long as the old one was meant to.
            expires_at: life.map(|ms| now.plus_ms(ms)),
            version: 1,
            // What the old key has issued ends with it; of the new key nobody has asked for any.
            oauth1: Issue::default(),
            refresh_handles: Issue::default(),
            ..old.clone()
        };
        old.replaced_by = Some(new.kid.clone());
        old.overlap_until = Some(now.plus_ms(overlap_s.saturating_mul(1000)));
        old.version = old.version.saturating_add(1);
        if store::replace(context, &old, &new).await.map_err(|e| out_of_reach(&e))? {
            tell(context, &old).await;
            tell(context, &new).await;
            return Ok(Made { key, record: new });
        }
    }
    Err(overtaken())
}

fn rotatable(context: &Context, old: &KeyRecord) -> Result<(), Fault> {
    if let Some(new) = &old.replaced_by {
        return Err(Fault::new(Code::Conflict, format!("The key was rotated before: {new} took its place.")));
    }
    match old.standing(context.now()) {
        Standing::Active => Ok(()),
        Standing::Expired | Standing::Revoked => {
            Err(Fault::new(Code::Conflict, "The key no longer works. Make a new one."))
        }
    }
}
