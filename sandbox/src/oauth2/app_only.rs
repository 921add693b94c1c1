//! The app's own bearer: `POST /oauth2/token` and `POST /oauth2/invalidate_token`.

use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::call::{Call, lookup};
use crate::oauth1::{CONSUMER_KEY, CONSUMER_SECRET};
use crate::state::State;
use crate::vectors;

/// What every app bearer begins with.
pub(crate) const BEARER_PREFIX: &str = "AAAA";

/// `POST /oauth2/token`: one bearer for the app, the same until it is invalidated.
pub(crate) fn token(state: &mut State, call: &Call) -> Outcome {
    check_app(call)?;
    if lookup(&call.form(), "grant_type") != Some("client_credentials") {
        return vectors::refuse("app-token-99");
    }
    let bearer = if let Some(bearer) = &state.oauth2.app_bearer {
        bearer.clone()
    } else {
        let bearer = format!("{BEARER_PREFIX}{}", state.entropy.text());
        state.oauth2.app_bearer = Some(bearer.clone());
        state.commit("app_token.issue", None, json!({}));
        bearer
    };
    Ok(Answer::ok(&json!({ "token_type": "bearer", "access_token": bearer })))
}

/// `POST /oauth2/invalidate_token`
pub(crate) fn invalidate(state: &mut State, call: &Call) -> Outcome {
    check_app(call)?;
    let form = call.form();
    let given = lookup(&form, "access_token");
    if given.is_none() || given != state.oauth2.app_bearer.as_deref() {
        return vectors::refuse("app-token-99");
    }
    state.oauth2.app_bearer = None;
    state.commit("app_token.revoke", None, json!({}));
    Ok(Answer::ok(&json!({ "access_token": given })))
}

fn check_app(call: &Call) -> Result<(), Box<Answer>> {
    match call.basic() {
        Some((key, secret)) if key == CONSUMER_KEY && secret == CONSUMER_SECRET => Ok(()),
        _ => vectors::refuse("app-token-99"),
    }
}
