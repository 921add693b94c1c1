//! `POST /2/oauth2/revoke` (RFC 7009).

use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::call::{Call, lookup};
use crate::oauth2::client;
use crate::oauth2::refresh::{self, Refresh};
use crate::refusal;
use crate::state::State;

/// `POST /2/oauth2/revoke`: an access token ends alone, a refresh token ends its whole family.
///
/// A token nobody knows is no error (RFC 7009 section 2.2).
pub(crate) fn run(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    let client = client::authenticate(state, call, &form)?;
    let Some(token) = lookup(&form, "token") else {
        return refusal::oauth("invalid_request", "Missing required parameter [token].").refused();
    };
    revoke_access(state, client.id, token);
    revoke_refresh(state, client.id, token);
    Ok(Answer::ok(&json!({ "revoked": true })))
}

fn revoke_access(state: &mut State, client_id: &str, token: &str) {
    let is_own = state.oauth2.access.get(token).is_some_and(|access| access.grant.client_id == client_id);
    let removed = if is_own { state.oauth2.access.remove(token) } else { None };
    if let Some(access) = removed {
        state.commit("token.revoke", Some(&access.grant.user_id), json!({ "family": access.family }));
    }
}

fn revoke_refresh(state: &mut State, client_id: &str, token: &str) {
    let own = |refresh: &&Refresh| refresh.grant.client_id == client_id;
    if let Some(Refresh { family, grant, .. }) = state.oauth2.refresh.get(token).filter(own).cloned() {
        state.commit("token.revoke", Some(&grant.user_id), json!({ "family": family }));
        refresh::revoke_family(state, family, &grant.user_id);
    }
}
