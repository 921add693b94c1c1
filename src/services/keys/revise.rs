//! Changing and revoking a key.

use super::{Terms, list, out_of_reach, overtaken, store, tell};
use crate::{
    domain::{
        Timestamp,
        api_key::{KeyId, KeyRecord, Scope, Standing},
        audit::Action,
        caller::Caller,
        fault::{Code, Fault},
    },
    services::{
        Context,
        audit::{self, Deed},
    },
};

/// How often a change is tried that another one has overtaken.
pub(super) const TRIES: usize = 2;

/// Changes the terms of a key.
///
/// # Errors
/// [`Code::InvalidFields`], [`Code::KeyNotFound`], [`Code::Conflict`] when the key is revoked, when others keep changing it, or
/// when no key would be left to administer with; [`Code::Unavailable`].
pub async fn change(context: &Context, caller: &Caller, kid: &KeyId, terms: &Terms) -> Result<KeyRecord, Fault> {
    let changed = revise(context, kid, |record| {
        if record.revoked_at.is_some() {
            return Err(Fault::new(Code::Conflict, "The key is revoked, and stays so. Make a new one."));
        }
        terms.apply(record).map(|()| Revision::Write)
    });
    let changed = changed.await;
    let deed = Deed::new(Action::KeyChange).by(caller.kid()).to(kid.as_str());
    audit::record(context, deed, &changed);
    changed
}

/// Revokes a key, for ever. Revoking it again changes nothing.
///
/// # Errors
/// [`Code::KeyNotFound`], [`Code::Conflict`] when no key would be left to administer with, [`Code::Unavailable`].
pub async fn revoke(context: &Context, caller: &Caller, kid: &KeyId) -> Result<(), Fault> {
    let now = context.now();
    let revoked = revise(context, kid, |record| {
        if record.revoked_at.is_some() {
            return Ok(Revision::Nothing);
        }
        record.revoked_at = Some(now);
        Ok(Revision::Write)
    });
    let revoked = revoked.await.map(|_| ());
    let deed = Deed::new(Action::KeyRevoke).by(caller.kid()).to(kid.as_str());
    audit::record(context, deed, &revoked);
    revoked
}

/// Whether a revision has something to write.
pub(super) enum Revision {
    /// The record has changed.
    Write,
    /// It is as it was.
    Nothing,
}

/// Reads the record, lets `decide` change it, and writes it as the next version. When another change comes between, all of that is
/// done once more: what was decided on an old record must not overwrite a newer one.
pub(super) async fn revise(
    context: &Context,
    kid: &KeyId,
    decide: impl Fn(&mut KeyRecord) -> Result<Revision, Fault>,
) -> Result<KeyRecord, Fault> {
    for _ in 0..TRIES {
        let before = list::get(context, kid).await?;
        let mut record = before.clone();
        if matches!(decide(&mut record)?, Revision::Nothing) {
            return Ok(before);
        }
        record.version = before.version.saturating_add(1);
        let now = context.now();
        if administers(&before, now) && !administers(&record, now) {
            keep_an_admin(context, kid).await?;
        }
        if store::update(context, &record).await.map_err(|e| out_of_reach(&e))? {
            tell(context, &record).await;
            return Ok(record);
        }
    }
    Err(overtaken())
}

/// Whether the deployment can be administered with this key, and not only until its overlap ends.
fn administers(record: &KeyRecord, now: Timestamp) -> bool {
    let lasting = record.replaced_by.is_none() && record.standing(now) == Standing::Active;
    lasting && record.scopes.allows(Scope::Admin)
}

/// Goes on only if another key than `kid` can administer.
async fn keep_an_admin(context: &Context, kid: &KeyId) -> Result<(), Fault> {
    let others = store::load_other_admins(context, kid).await.map_err(|e| out_of_reach(&e))?;
    if others.iter().any(|record| administers(record, context.now())) {
        return Ok(());
    }
    let detail = "This is the last key that can administer perch: make another one with the scope admin first.";
    Err(Fault::new(Code::Conflict, detail))
}
