//! The first admin key, written where `cargo xtask key create` writes it.

use crate::settings::{Secrets, random};
use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use perch::domain::Timestamp;
use perch::domain::api_key::{AccountGrant, ApiKey, Issue, KeyRecord, Mode, Pepper, Quota, Scope};
use std::time::SystemTime;

/// A key with every scope and account, and the SQL that makes it known.
pub(crate) fn make(secrets: &Secrets) -> Result<(String, String)> {
    let pepper = Pepper::new(STANDARD.decode(&secrets.pepper)?).ok().context("a weak pepper")?;
    let key = ApiKey::make(Mode::Test, &random()?, &random()?);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
    let record = record(&key, &pepper, Timestamp::from_ms(u64::try_from(now)?));
    let insert = format!(
        "INSERT INTO api_keys (kid, name, record, version, created_at) VALUES ('{}', 'first', '{}', 1, {now});",
        record.kid,
        serde_json::to_string(&record)?
    );
    Ok((key.expose(), insert))
}

fn record(key: &ApiKey, pepper: &Pepper, now: Timestamp) -> KeyRecord {
    KeyRecord {
        kid: key.kid().clone(),
        name: "first".to_owned(),
        hash: key.hash(pepper),
        scopes: Scope::ALL.into_iter().collect(),
        accounts: AccountGrant::All,
        default_account: None,
        origins: Vec::new(),
        quota: Quota { per_minute: 100_000, per_day: None },
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
