//! Authorization codes: given out, and redeemed once within 30 seconds.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::oauth2::CODE_LIFE_MS;
use crate::oauth2::grant::{self, Grant, Tokens};
use crate::state::State;

/// An authorization code, bound to client, redirect URI and PKCE challenge.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) redirect_uri: String,
    /// PKCE S256 challenge (RFC 7636 section 4.2).
    pub(crate) challenge: String,
    pub(crate) expires_ms: u64,
}

/// Why a code was not redeemed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CodeRefused {
    /// Unknown, used before, older than 30 s, or another client's.
    Code,
    /// The redirect URI is not the one of the authorize step.
    RedirectUri,
    /// The verifier does not hash to the challenge.
    Verifier,
}

/// Gives out a code for `grant`.
pub(crate) fn give(state: &mut State, grant: Grant, redirect_uri: &str, challenge: &str) -> String {
    let now = state.now_ms();
    let code = state.entropy.token("ac", now);
    state.commit("code.issue", Some(&grant.user_id), json!({ "client_id": grant.client_id }));
    let entry = Code {
        grant,
        redirect_uri: redirect_uri.to_owned(),
        challenge: challenge.to_owned(),
        expires_ms: now + CODE_LIFE_MS,
    };
    state.oauth2.codes.insert(code.clone(), entry);
    code
}

/// Redeems a code for tokens; it never works again.
pub(crate) fn redeem(
    state: &mut State,
    client_id: &str,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Result<Tokens, CodeRefused> {
    let now = state.now_ms();
    let entry = state.oauth2.codes.get(code).cloned().ok_or(CodeRefused::Code)?;
    if entry.grant.client_id != client_id || entry.expires_ms <= now {
        return Err(CodeRefused::Code);
    }
    if entry.redirect_uri != redirect_uri {
        return Err(CodeRefused::RedirectUri);
    }
    if challenge_of(verifier) != entry.challenge {
        return Err(CodeRefused::Verifier);
    }
    state.oauth2.codes.remove(code);
    state.oauth2.last_family += 1;
    let family = state.oauth2.last_family;
    Ok(grant::issue(state, entry.grant, family, 0, "token.issue"))
}

/// PKCE S256 (RFC 7636 section 4.2).
fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::config::Config;
    use crate::oauth2::ACCESS_LIFE_MS;

    pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    pub(crate) fn state() -> State {
        State::new(Config::default(), [9; 32])
    }

    fn code(state: &mut State, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let grant = Grant { client_id: "perch-client".to_owned(), user_id: "783214".to_owned(), scopes };
        give(state, grant, "http://cb", &challenge_of(VERIFIER))
    }

    pub(crate) fn redeemed(state: &mut State) -> Tokens {
        let code = code(state, &["tweet.read", "offline.access"]);
        redeem(state, "perch-client", &code, "http://cb", VERIFIER).unwrap()
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        assert_eq!(challenge_of(VERIFIER), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_code_works_once() {
        let mut state = state();
        let code = code(&mut state, &["tweet.read"]);
        let tokens = redeem(&mut state, "perch-client", &code, "http://cb", VERIFIER).unwrap();
        assert!(tokens.refresh.is_none(), "no refresh token without offline.access");
        let again = redeem(&mut state, "perch-client", &code, "http://cb", VERIFIER);
        assert_eq!(again.unwrap_err(), CodeRefused::Code);
    }

    #[test]
    fn a_code_is_bound_to_client_redirect_and_verifier() {
        let mut state = state();
        let code = code(&mut state, &["tweet.read"]);
        let mut refused =
            |client: &str, uri: &str, verifier: &str| redeem(&mut state, client, &code, uri, verifier).unwrap_err();
        assert_eq!(refused("perch-public", "http://cb", VERIFIER), CodeRefused::Code);
        assert_eq!(refused("perch-client", "http://cb/", VERIFIER), CodeRefused::RedirectUri);
        assert_eq!(refused("perch-client", "http://cb", "wrong"), CodeRefused::Verifier);
    }

    #[test]
    fn a_code_lives_thirty_seconds_and_an_access_token_two_hours() {
        let mut state = state();
        let late = code(&mut state, &["tweet.read"]);
        let tokens = redeemed(&mut state);
        state.clock.advance(CODE_LIFE_MS);
        assert!(redeem(&mut state, "perch-client", &late, "http://cb", VERIFIER).is_err());
        assert!(grant::access(&state, &tokens.access).is_some());
        state.clock.advance(ACCESS_LIFE_MS - CODE_LIFE_MS);
        assert!(grant::access(&state, &tokens.access).is_none());
    }
}
