//! OAuth 2.0 as X does it: clients, codes, access tokens and single-use refresh tokens.

pub(crate) mod app_only;
pub(crate) mod authorize;
pub(crate) mod client;
pub(crate) mod code;
pub(crate) mod consent_page;
pub(crate) mod grant;
pub(crate) mod refresh;
pub(crate) mod revoke;
pub(crate) mod token;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::oauth2::client::Client;
use crate::oauth2::code::Code;
use crate::oauth2::grant::Access;
use crate::oauth2::refresh::Refresh;

/// Life of an authorization code, in ms (X docs: 30 seconds).
pub(crate) const CODE_LIFE_MS: u64 = 30_000;
/// Life of an access token, in ms (X docs: 7200 seconds).
pub(crate) const ACCESS_LIFE_MS: u64 = 7_200_000;

/// Every scope X grants (spec 2.167 and 2.168, X docs).
pub(crate) const SCOPES: [&str; 27] = [
    "block.read",
    "block.write",
    "bookmark.read",
    "bookmark.write",
    "broadcast.read",
    "broadcast.write",
    "developer.read",
    "developer.write",
    "dm.read",
    "dm.write",
    "follows.read",
    "follows.write",
    "like.read",
    "like.write",
    "list.read",
    "list.write",
    "media.write",
    "mute.read",
    "mute.write",
    "offline.access",
    "space.read",
    "timeline.read",
    "tweet.moderate.write",
    "tweet.read",
    "tweet.write",
    "users.email",
    "users.read",
];

/// How the authorize page behaves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "mode", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Consent {
    /// A page asks who signs in and whether they allow it.
    Page,
    /// The user with this username allows everything at once.
    Auto { user: String },
    /// Everything is denied at once.
    Deny,
}

/// The error name of a refused refresh; X was seen with both.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReplayError {
    #[default]
    InvalidRequest,
    InvalidGrant,
}

/// What happens when a refresh token comes a second time.
#[derive(Debug, Default, Clone, Copy, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Switches {
    /// Revoke every token of the grant.
    pub(crate) revoke_family_on_replay: bool,
    /// The error name to answer with.
    pub(crate) replay_error: ReplayError,
}

/// All OAuth 2.0 state.
#[derive(Debug)]
pub(crate) struct OAuth2 {
    pub(crate) clients: Vec<Client>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) consent: Consent,
    pub(crate) switches: Switches,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) access: HashMap<String, Access>,
    pub(crate) refresh: HashMap<String, Refresh>,
    pub(crate) last_family: u64,
    pub(crate) app_bearer: Option<String>,
}

impl OAuth2 {
    /// The fixed clients, and no tokens.
    pub(crate) fn new(config: &Config) -> Self {
        let consent = config.auto_approve.clone().map_or(Consent::Page, |user| Consent::Auto { user });
        Self {
            clients: client::fixed(),
            redirect_uris: config.redirect_uris.clone(),
            consent,
            switches: Switches::default(),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            last_family: 0,
            app_bearer: None,
        }
    }
}
