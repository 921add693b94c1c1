//! What perch knows of a key: the row in D1, and its copy in KV.

use serde::{Deserialize, Serialize};

use super::{AccountGrant, Issue, KeyHash, KeyId, Origin, Scope, ScopeSet};
use crate::domain::{Timestamp, ids::AccountId};

/// A key as kept. Holds no secret: the hash cannot be turned back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyRecord {
    /// The public name.
    pub kid: KeyId,
    /// What people call it.
    pub name: String,
    /// Checks the secret.
    pub hash: KeyHash,
    /// What it may do.
    pub scopes: ScopeSet,
    /// For whom it may do it.
    pub accounts: AccountGrant,
    /// The account meant when a request names none.
    pub default_account: Option<AccountId>,
    /// Browsers on these origins may use it; none means: no browser.
    pub origins: Vec<Origin>,
    /// How much it may do.
    pub quota: Quota,
    /// Where a connection may return to, each matched byte for byte (RFC 9700 section 2.1).
    pub return_uris: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first moment at which it no longer works.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked. A revoked key stays revoked.
    pub revoked_at: Option<Timestamp>,
    /// Once rotated: the first moment at which this, the old key, no longer works.
    pub overlap_until: Option<Timestamp>,
    /// Once rotated: the key that took its place.
    pub replaced_by: Option<KeyId>,
    /// Whether its OAuth 1.0a values work.
    #[serde(default)]
    pub oauth1: Issue,
    /// Whether its refresh handles work.
    #[serde(default)]
    pub refresh_handles: Issue,
    /// Grows with every change, so that a stale copy can be told from the newest.
    pub version: u32,
}

impl KeyRecord {
    /// Whether the key works at `now`.
    ///
    /// A revoked key is revoked whatever the clock says: the one who revoked it may have had a faster one. A rotated key works
    /// until its overlap ends and counts as revoked from then on.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let replaced = self.replaced_by.is_some() && self.overlap_until.is_none_or(|end| now >= end);
        if self.revoked_at.is_some() || replaced {
            Standing::Revoked
        } else if self.expires_at.is_some_and(|end| now >= end) {
            Standing::Expired
        } else {
            Standing::Active
        }
    }

    /// Whether a browser on `origin` may use the key. A key that operates the deployment is never used from a browser.
    pub fn permits_origin(&self, origin: &Origin) -> bool {
        !self.scopes.allows(Scope::Admin) && self.origins.contains(origin)
    }

    /// Whether a connection begun with this key may return to `uri`: one of the registered ones, byte for byte.
    pub fn permits_return(&self, uri: &str) -> bool {
        self.return_uris.iter().any(|registered| registered == uri)
    }
}

/// What a key's record says about using it now. Clients are not told which of the two refusals it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It works.
    Active,
    /// Its time is over.
    Expired,
    /// It was taken back, or its rotation is complete.
    Revoked,
}

/// Requests a key may make, each in any window of that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// In any 60 seconds.
    pub per_minute: u32,
    /// In any 24 hours, if that is limited too.
    pub per_day: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::api_key::{ApiKey, Mode, Pepper};

    const NOON: Timestamp = Timestamp::from_seconds(1_000_000);

    fn record() -> KeyRecord {
        let key = ApiKey::make(Mode::Test, &[1; 16], &[2; 32]);
        KeyRecord {
            kid: key.kid().clone(),
            name: "demo".to_owned(),
            hash: key.hash(&Pepper::new(vec![3; 32]).unwrap()),
            scopes: ScopeSet::from_iter([Scope::TweetsRead]),
            accounts: AccountGrant::All,
            default_account: None,
            origins: vec![Origin::parse("https://app.example").unwrap()],
            quota: Quota { per_minute: 100, per_day: None },
            return_uris: vec!["https://app.example/connected".to_owned()],
            created_at: NOON,
            expires_at: None,
            revoked_at: None,
            overlap_until: None,
            replaced_by: None,
            oauth1: Issue::default(),
            refresh_handles: Issue::default(),
            version: 1,
        }
    }

    #[test]
    fn a_key_works_until_the_moment_it_expires() {
        let record = KeyRecord { expires_at: Some(NOON), ..record() };
        assert_eq!(record.standing(NOON.minus_ms(1)), Standing::Active);
        assert_eq!(record.standing(NOON), Standing::Expired);
    }

    #[test]
    fn a_revoked_key_is_revoked_on_every_clock() {
        let record = KeyRecord { revoked_at: Some(NOON), expires_at: Some(NOON), ..record() };
        assert_eq!(record.standing(NOON.minus_ms(5_000)), Standing::Revoked);
        assert_eq!(record.standing(NOON), Standing::Revoked);
    }

    #[test]
    fn a_rotated_key_works_through_its_overlap() {
        let replaced_by = Some(KeyId::parse("0123456789").unwrap());
        let rotated = KeyRecord { replaced_by, overlap_until: Some(NOON), ..record() };
        assert_eq!(rotated.standing(NOON.minus_ms(1)), Standing::Active);
        assert_eq!(rotated.standing(NOON), Standing::Revoked);
        let at_once = KeyRecord { overlap_until: None, ..rotated };
        assert_eq!(at_once.standing(NOON.minus_ms(1)), Standing::Revoked);
    }

    #[test]
    fn return_addresses_match_byte_for_byte() {
        assert!(record().permits_return("https://app.example/connected"));
        for near in [
            "https://app.example/connected/",
            "https://app.example/Connected",
            "https://app.example:443/connected",
            "https://app.example/connected?x=1",
            "https://app.example/",
            "",
        ] {
            assert!(!record().permits_return(near), "{near}");
        }
    }

    #[test]
    fn an_operating_key_is_never_used_from_a_browser() {
        let origin = Origin::parse("https://app.example").unwrap();
        assert!(record().permits_origin(&origin));
        assert!(!record().permits_origin(&Origin::parse("https://other.example").unwrap()));
        let admin = KeyRecord { scopes: ScopeSet::from_iter([Scope::Admin]), ..record() };
        assert!(!admin.permits_origin(&origin));
    }

    #[test]
    fn a_record_from_before_keys_issued_anything_is_read() {
        let mut written = serde_json::to_value(record()).unwrap();
        for member in ["oauth1", "refresh_handles"] {
            assert!(written.as_object_mut().unwrap().remove(member).is_some());
        }
        let read: KeyRecord = serde_json::from_value(written).unwrap();
        assert_eq!((read.oauth1, read.refresh_handles), (Issue::default(), Issue::default()));
    }

    #[test]
    fn the_written_record_holds_no_secret() {
        let key = ApiKey::make(Mode::Test, &[1; 16], &[2; 32]);
        let text = serde_json::to_string(&record()).unwrap();
        let secret = key.expose().split('_').nth(3).unwrap().to_owned();
        assert!(!text.contains(&secret));
        let read: KeyRecord = serde_json::from_str(&text).unwrap();
        assert!(read.hash.matches(&record().hash));
    }
}
