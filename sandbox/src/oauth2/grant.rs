//! What a user allowed a client to do, and the tokens that carry it.

use serde_json::json;

use crate::oauth2::ACCESS_LIFE_MS;
use crate::oauth2::refresh::Refresh;
use crate::state::State;

/// What a user allowed a client to do.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) user_id: String,
    pub(crate) scopes: Vec<String>,
}

/// An access token's meaning.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) grant: Grant,
    pub(crate) family: u64,
    pub(crate) expires_ms: u64,
}

/// A fresh pair of tokens.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) scopes: Vec<String>,
}

/// X forgets access tokens, of one user or of all; gives how many.
pub(crate) fn forget_access(state: &mut State, user_id: Option<&str>) -> usize {
    let before = state.oauth2.access.len();
    state.oauth2.access.retain(|_, access| user_id.is_some_and(|user| access.grant.user_id != user));
    before - state.oauth2.access.len()
}

/// The access token's meaning, while it lives.
pub(crate) fn access<'state>(state: &'state State, token: &str) -> Option<&'state Access> {
    let now = state.now_ms();
    state.oauth2.access.get(token).filter(|access| access.expires_ms > now)
}

/// Gives out an access token, and a refresh token with it when `offline.access` was granted.
pub(super) fn issue(state: &mut State, grant: Grant, family: u64, generation: u64, kind: &'static str) -> Tokens {
    let now = state.now_ms();
    let access = state.entropy.token("at", now);
    let offline = grant.scopes.iter().any(|scope| scope == "offline.access");
    let refresh = offline.then(|| state.entropy.token("rt", now));
    let details = json!({ "client_id": grant.client_id, "family": family, "generation": generation, "scope": grant.scopes.join(" ") });
    state.commit(kind, Some(&grant.user_id), details);
    let scopes = grant.scopes.clone();
    if let Some(token) = &refresh {
        let entry = Refresh { grant: grant.clone(), family, generation, spent: false };
        state.oauth2.refresh.insert(token.clone(), entry);
    }
    state.oauth2.access.insert(access.clone(), Access { grant, family, expires_ms: now + ACCESS_LIFE_MS });
    Tokens { access, refresh, scopes }
}
