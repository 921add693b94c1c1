//! How keys look in JSON.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::{
        Timestamp,
        api_key::{self, AccountGrant, KeyRecord, Standing},
    },
    gateway::problem::rfc3339,
    services::keys::{self, New, Terms},
};

/// A key that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What people call it: 1 to 100 characters.
    name: String,
    /// What it may do.
    #[schema(min_items = 1, example = json!(["tweets:read", "tweets:write"]))]
    scopes: Vec<String>,
    /// For which accounts; none when absent. A key that connects an account may use it.
    #[serde(default)]
    accounts: Accounts,
    /// The account meant when a request names none; must be among `accounts`.
    default_account: Option<String>,
    /// Origins from which browsers may use it.
    #[serde(default)]
    origins: Vec<String>,
    /// How much it may do; 600 requests in any minute when absent.
    quota: Option<Quota>,
    /// Where connections begun with it may return to: https, or http on localhost.
    #[serde(default)]
    return_uris: Vec<String>,
    /// Its life in days.
    #[serde(default = "year")]
    #[schema(minimum = 1, maximum = 3650, default = 365)]
    expires_in_days: u32,
    /// What its text says it is for.
    #[serde(default)]
    mode: Mode,
}

const fn year() -> u32 {
    365
}

impl From<NewKey> for New {
    fn from(body: NewKey) -> Self {
        let terms = Terms {
            name: Some(body.name),
            scopes: Some(body.scopes),
            accounts: Some(body.accounts.into()),
            default_account: Some(body.default_account),
            origins: Some(body.origins),
            quota: body.quota.map(Into::into),
            return_uris: Some(body.return_uris),
        };
        Self { terms, mode: body.mode.into(), expires_in_days: body.expires_in_days }
    }
}

/// What is to be changed; absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    /// What people call it.
    name: Option<String>,
    /// What it may do.
    #[schema(min_items = 1)]
    scopes: Option<Vec<String>>,
    /// For which accounts.
    accounts: Option<Accounts>,
    /// The account meant when a request names none; null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    default_account: Option<Naming>,
    /// Origins from which browsers may use it.
    origins: Option<Vec<String>>,
    /// How much it may do.
    quota: Option<Quota>,
    /// Where connections begun with it may return to.
    return_uris: Option<Vec<String>>,
}

/// An account named, or none.
type Naming = Option<String>;

/// Tells null from absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Naming>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl From<KeyChange> for Terms {
    fn from(body: KeyChange) -> Self {
        Self {
            name: body.name,
            scopes: body.scopes,
            accounts: body.accounts.map(Into::into),
            default_account: body.default_account,
            origins: body.origins,
            quota: body.quota.map(Into::into),
            return_uris: body.return_uris,
        }
    }
}

/// How a key is rotated.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Seconds for which the old key goes on working.
    #[serde(default = "day")]
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    pub(super) overlap_s: u64,
    /// What the new key's text says it is for.
    #[serde(default)]
    pub(super) mode: Mode,
}

const fn day() -> u64 {
    86_400
}

impl Default for Rotation {
    fn default() -> Self {
        Self { overlap_s: day(), mode: Mode::default() }
    }
}

/// `"all"`, or a list of account ids.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "expected \"all\" or a list of account ids")]
pub enum Accounts {
    /// Every account, those connected later too.
    All(All),
    /// These.
    Only(Vec<String>),
}

/// The word.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub enum All {
    /// `"all"`.
    #[serde(rename = "all")]
    All,
}

impl Default for Accounts {
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

impl From<Accounts> for keys::Accounts {
    fn from(accounts: Accounts) -> Self {
        match accounts {
            Accounts::All(All::All) => Self::All,
            Accounts::Only(ids) => Self::Only(ids),
        }
    }
}

impl From<&AccountGrant> for Accounts {
    fn from(grant: &AccountGrant) -> Self {
        match grant {
            AccountGrant::All => Self::All(All::All),
            AccountGrant::Only(accounts) => Self::Only(accounts.iter().map(ToString::to_string).collect()),
        }
    }
}

/// Requests in any window of that length.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// In any 60 seconds.
    #[schema(minimum = 1, maximum = 1_000_000)]
    per_minute: u32,
    /// In any 24 hours; null for no such limit.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    per_day: Option<u32>,
}

impl From<Quota> for api_key::Quota {
    fn from(quota: Quota) -> Self {
        Self { per_minute: quota.per_minute, per_day: quota.per_day }
    }
}

impl From<api_key::Quota> for Quota {
    fn from(quota: api_key::Quota) -> Self {
        Self { per_minute: quota.per_minute, per_day: quota.per_day }
    }
}

/// What a key's text says it is for. Both work alike.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// `perch_live_…`.
    #[default]
    Live,
    /// `perch_test_…`.
    Test,
}

impl From<Mode> for api_key::Mode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Live => Self::Live,
            Mode::Test => Self::Test,
        }
    }
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Key {
    /// Its id, which stands in its text too.
    kid: String,
    /// What people call it.
    name: String,
    /// Whether it works now.
    status: Status,
    /// What it may do.
    scopes: Vec<String>,
    /// For which accounts.
    accounts: Accounts,
    /// The account meant when a request names none.
    default_account: Option<String>,
    /// Origins from which browsers may use it.
    origins: Vec<String>,
    /// How much it may do.
    quota: Quota,
    /// Where connections begun with it may return to.
    return_uris: Vec<String>,
    /// When it was made, in RFC 3339.
    created_at: String,
    /// The first moment at which it no longer works.
    expires_at: Option<String>,
    /// When it was revoked.
    revoked_at: Option<String>,
    /// Once rotated: the first moment at which it no longer works.
    overlap_until: Option<String>,
    /// Once rotated: the key that took its place.
    replaced_by: Option<String>,
    /// Whether values that it has issued to sign with by OAuth 1.0a work.
    oauth1: bool,
    /// Whether refresh handles that it has issued work.
    refresh_handles: bool,
    /// Grows with every change.
    version: u32,
}

/// Whether a key works.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// It works.
    Active,
    /// It works until its overlap ends.
    Replaced,
    /// Its time is over.
    Expired,
    /// It was revoked, or its overlap is over.
    Revoked,
}

impl Key {
    /// How `record` looks at `now`.
    pub(super) fn of(record: &KeyRecord, now: Timestamp) -> Self {
        Self {
            kid: record.kid.to_string(),
            name: record.name.clone(),
            status: status(record, now),
            scopes: record.scopes.iter().map(|scope| scope.to_string()).collect(),
            accounts: (&record.accounts).into(),
            default_account: record.default_account.as_ref().map(ToString::to_string),
            origins: record.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            quota: record.quota.into(),
            return_uris: record.return_uris.clone(),
            created_at: rfc3339(record.created_at),
            expires_at: record.expires_at.map(rfc3339),
            revoked_at: record.revoked_at.map(rfc3339),
            overlap_until: record.overlap_until.map(rfc3339),
            replaced_by: record.replaced_by.as_ref().map(ToString::to_string),
            oauth1: record.oauth1.serial().is_some(),
            refresh_handles: record.refresh_handles.serial().is_some(),
            version: record.version,
        }
    }
}

fn status(record: &KeyRecord, now: Timestamp) -> Status {
    match record.standing(now) {
        Standing::Active if record.replaced_by.is_some() => Status::Replaced,
        Standing::Active => Status::Active,
        Standing::Expired => Status::Expired,
        Standing::Revoked => Status::Revoked,
    }
}

/// A key with its whole text. It is shown once.
#[derive(Serialize, ToSchema)]
pub struct WholeKey {
    /// The key. Keep it: nobody can show it again.
    pub(super) key: String,
    /// What is kept of it.
    #[serde(flatten)]
    pub(super) record: Key,
}

/// Which keys.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct KeyQuery {
    /// How many at most: 1 to 200, 50 when absent.
    #[param(value_type = Option<u32>)]
    pub(super) limit: Option<String>,
    /// The `next_cursor` of the page before.
    pub(super) cursor: Option<String>,
}
