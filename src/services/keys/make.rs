//! Making a key.

use super::{Terms, out_of_reach, store, tell, terms};
use crate::{
    domain::{
        Timestamp,
        api_key::{AccountGrant, ApiKey, Issue, KeyHash, KeyId, KeyRecord, Mode, Quota, ScopeSet},
        audit::Action,
        caller::Caller,
        fault::Fault,
    },
    ports::EntropyExt,
    services::{
        Context,
        audit::{self, Deed},
    },
};

const DAY_MS: u64 = 86_400_000;
const MOST_DAYS: u32 = 3650;
/// What a key may do when nobody says.
const QUOTA: Quota = Quota { per_minute: 600, per_day: None };

/// A key that is asked for.
#[derive(Clone, Debug)]
pub struct New {
    /// Its terms; a name and scopes must be among them.
    pub terms: Terms,
    /// What the key's text says it is for.
    pub mode: Mode,
    /// Its life: 1 to 3650 days.
    pub expires_in_days: u32,
}

/// A key that was made: the only moment at which its whole text is known.
#[derive(Debug)]
pub struct Made {
    /// The key.
    pub key: ApiKey,
    /// What is kept of it.
    pub record: KeyRecord,
}

/// Makes a key.
///
/// # Errors
/// [`InvalidFields`](crate::domain::fault::Code::InvalidFields) with every member that is wrong,
/// [`Unavailable`](crate::domain::fault::Code::Unavailable).
pub async fn create(context: &Context, caller: &Caller, new: &New) -> Result<Made, Fault> {
    let made = make(context, new).await;
    let mut deed = Deed::new(Action::KeyCreate).by(caller.kid());
    if let Ok(made) = &made {
        deed = deed.to(made.record.kid.as_str());
    }
    audit::record(context, deed, &made);
    made
}

async fn make(context: &Context, new: &New) -> Result<Made, Fault> {
    let key = fresh(context, new.mode)?;
    let now = context.now();
    let mut record = blank(key.kid().clone(), key.hash(&context.config.pepper), now);
    let life = check_life(new.expires_in_days);
    let terms = new.terms.apply(&mut record);
    both(life, terms)?;
    record.expires_at = Some(now.plus_ms(u64::from(new.expires_in_days) * DAY_MS));
    store::insert(context, &record).await.map_err(|e| out_of_reach(&e))?;
    tell(context, &record).await;
    Ok(Made { key, record })
}

/// A key nobody has had before.
pub(super) fn fresh(context: &Context, mode: Mode) -> Result<ApiKey, Fault> {
    let entropy = &context.ports.entropy;
    let kid = entropy.bytes::<16>().map_err(|e| out_of_reach(&e))?;
    let secret = entropy.bytes::<32>().map_err(|e| out_of_reach(&e))?;
    Ok(ApiKey::make(mode, &kid, &secret))
}

fn blank(kid: KeyId, hash: KeyHash, now: Timestamp) -> KeyRecord {
    KeyRecord {
        kid,
        name: String::new(),
        hash,
        scopes: ScopeSet::default(),
        accounts: AccountGrant::default(),
        default_account: None,
        origins: Vec::new(),
        quota: QUOTA,
        return_uris: Vec::new(),
        created_at: now,
        expires_at: None,
        revoked_at: None,
        overlap_until: None,
        replaced_by: None,
        oauth1: Issue::default(),
        refresh_handles: Issue::default(),
        version: 1,
    }
}

fn check_life(days: u32) -> Result<(), Fault> {
    let good = (1..=MOST_DAYS).contains(&days);
    let message = format!("Give 1 to {MOST_DAYS} days.");
    let faults = if good { Vec::new() } else { vec![terms::fault("expires_in_days", "range", message)] };
    terms::refuse(faults)
}

/// The faults of both, if either has any.
fn both(one: Result<(), Fault>, other: Result<(), Fault>) -> Result<(), Fault> {
    let faults = [one, other].into_iter().filter_map(Result::err);
    terms::refuse(faults.flat_map(|fault| fault.fields).collect())
}
