//! `POST /2/oauth2/token`: codes and refresh tokens become access tokens.

use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::call::{Call, lookup};
use crate::oauth2::code::{self, CodeRefused};
use crate::oauth2::grant::Tokens;
use crate::oauth2::{ACCESS_LIFE_MS, ReplayError, client, refresh};
use crate::refusal;
use crate::state::State;
use crate::vectors;

/// `POST /2/oauth2/token`
pub(crate) fn run(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    let client = client::authenticate(state, call, &form)?;
    match required(&form, "grant_type")? {
        "authorization_code" => redeem(state, client.id, &form),
        "refresh_token" => rotate(state, client.id, &form),
        _ => refusal::oauth("invalid_request", "Value passed for the grant_type was invalid.").refused(),
    }
}

fn redeem(state: &mut State, client_id: &str, form: &[(String, String)]) -> Outcome {
    let code = required(form, "code")?;
    let redirect_uri = required(form, "redirect_uri")?;
    let verifier = required(form, "code_verifier")?;
    match code::redeem(state, client_id, code, redirect_uri, verifier) {
        Ok(tokens) => Ok(answer(&tokens)),
        Err(CodeRefused::Code) => vectors::refuse("oauth-code-invalid"),
        Err(CodeRefused::RedirectUri) => vectors::refuse("oauth-redirect-mismatch"),
        Err(CodeRefused::Verifier) => {
            let description = "Value passed for the code verifier did not match the code challenge.";
            refusal::oauth("invalid_request", description).refused()
        }
    }
}

fn rotate(state: &mut State, client_id: &str, form: &[(String, String)]) -> Outcome {
    let token = required(form, "refresh_token")?;
    match (refresh::rotate(state, client_id, token), state.oauth2.switches.replay_error) {
        (Some(tokens), _) => Ok(answer(&tokens)),
        (None, ReplayError::InvalidRequest) => vectors::refuse("oauth-refresh-spent"),
        (None, ReplayError::InvalidGrant) => vectors::refuse("oauth-refresh-invalid-grant"),
    }
}

fn required<'form>(form: &'form [(String, String)], name: &str) -> Result<&'form str, Box<Answer>> {
    match lookup(form, name).filter(|value| !value.is_empty()) {
        Some(value) => Ok(value),
        None => refusal::oauth("invalid_request", &format!("Missing required parameter [{name}].")).refused(),
    }
}

fn answer(tokens: &Tokens) -> Answer {
    let mut body = json!({
        "token_type": "bearer",
        "expires_in": ACCESS_LIFE_MS / 1000,
        "access_token": tokens.access,
        "scope": tokens.scopes.join(" "),
    });
    if let (Some(refresh), Some(members)) = (&tokens.refresh, body.as_object_mut()) {
        members.insert("refresh_token".to_owned(), json!(refresh));
    }
    Answer::ok(&body)
}
