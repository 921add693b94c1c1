//! Codes and tokens: given out, redeemed once, rotated, revoked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::oauth2::{ACCESS_LIFE_MS, CODE_LIFE_MS};
use crate::state::State;

/// What a user allowed a client to do.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) user_id: String,
    pub(crate) scopes: Vec<String>,
}

/// An authorization code, bound to client, redirect URI and PKCE challenge.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) redirect_uri: String,
    /// PKCE S256 challenge (RFC 7636 section 4.2).
    pub(crate) challenge: String,
    pub(crate) expires_ms: u64,
}

/// An access token's meaning.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) grant: Grant,
    pub(crate) family: u64,
    pub(crate) expires_ms: u64,
}

/// A refresh token's meaning. Spent ones are remembered, to recognise a replay.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub(crate) grant: Grant,
    pub(crate) family: u64,
    /// Which refresh of its grant it came from; 0 for the first.
    pub(crate) generation: u64,
    pub(crate) spent: bool,
}

/// A fresh pair of tokens.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) scopes: Vec<String>,
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
pub(crate) fn give_code(state: &mut State, grant: Grant, redirect_uri: &str, challenge: &str) -> String {
    let now = state.now_ms();
    let code = state.entropy.token("ac", now);
    state.commit(
        "code.issue",
        Some(&grant.user_id),
        json!({ "client_id": grant.client_id }),
    );
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
    Ok(issue(state, entry.grant, family, 0, "token.issue"))
}

/// Trades a refresh token for a new pair. `None`: unknown, another client's, revoked, or spent.
///
/// A spent token revokes its whole family when that switch is on.
pub(crate) fn rotate(state: &mut State, client_id: &str, token: &str) -> Option<Tokens> {
    let entry = state
        .oauth2
        .refresh
        .get_mut(token)
        .filter(|entry| entry.grant.client_id == client_id)?;
    let known = entry.clone();
    entry.spent = true;
    if !known.spent {
        return Some(issue(
            state,
            known.grant,
            known.family,
            known.generation + 1,
            "token.refresh",
        ));
    }
    let revoke = state.oauth2.switches.revoke_family_on_replay;
    let details = json!({ "family": known.family, "generation": known.generation, "family_revoked": revoke });
    state.commit("token.replay", Some(&known.grant.user_id), details);
    if revoke {
        revoke_family(state, known.family, &known.grant.user_id);
    }
    None
}

/// Ends every token of a family.
pub(crate) fn revoke_family(state: &mut State, family: u64, user_id: &str) {
    state.oauth2.access.retain(|_, access| access.family != family);
    state.oauth2.refresh.retain(|_, refresh| refresh.family != family);
    state.commit("family.revoke", Some(user_id), json!({ "family": family }));
}

/// X forgets access tokens, of one user or of all; gives how many.
pub(crate) fn forget_access(state: &mut State, user_id: Option<&str>) -> usize {
    let before = state.oauth2.access.len();
    state
        .oauth2
        .access
        .retain(|_, access| user_id.is_some_and(|user| access.grant.user_id != user));
    before - state.oauth2.access.len()
}

/// The access token's meaning, while it lives.
pub(crate) fn access<'state>(state: &'state State, token: &str) -> Option<&'state Access> {
    let now = state.now_ms();
    state.oauth2.access.get(token).filter(|access| access.expires_ms > now)
}

fn issue(state: &mut State, grant: Grant, family: u64, generation: u64, kind: &'static str) -> Tokens {
    let now = state.now_ms();
    let access = state.entropy.token("at", now);
    let offline = grant.scopes.iter().any(|scope| scope == "offline.access");
    let refresh = offline.then(|| state.entropy.token("rt", now));
    let details = json!({ "client_id": grant.client_id, "family": family, "generation": generation, "scope": grant.scopes.join(" ") });
    state.commit(kind, Some(&grant.user_id), details);
    let scopes = grant.scopes.clone();
    if let Some(token) = &refresh {
        let entry = Refresh {
            grant: grant.clone(),
            family,
            generation,
            spent: false,
        };
        state.oauth2.refresh.insert(token.clone(), entry);
    }
    state.oauth2.access.insert(
        access.clone(),
        Access {
            grant,
            family,
            expires_ms: now + ACCESS_LIFE_MS,
        },
    );
    Tokens {
        access,
        refresh,
        scopes,
    }
}

/// PKCE S256 (RFC 7636 section 4.2).
fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn state() -> State {
        State::new(Config::default(), [9; 32])
    }

    fn code(state: &mut State, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let grant = Grant {
            client_id: "perch-client".to_owned(),
            user_id: "783214".to_owned(),
            scopes,
        };
        give_code(state, grant, "http://cb", &challenge_of(VERIFIER))
    }

    fn redeemed(state: &mut State) -> Tokens {
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
        assert_eq!(
            refused("perch-client", "http://cb/", VERIFIER),
            CodeRefused::RedirectUri
        );
        assert_eq!(refused("perch-client", "http://cb", "wrong"), CodeRefused::Verifier);
    }

    #[test]
    fn a_code_lives_thirty_seconds_and_an_access_token_two_hours() {
        let mut state = state();
        let late = code(&mut state, &["tweet.read"]);
        let tokens = redeemed(&mut state);
        state.clock.advance(CODE_LIFE_MS);
        assert!(redeem(&mut state, "perch-client", &late, "http://cb", VERIFIER).is_err());
        assert!(access(&state, &tokens.access).is_some());
        state.clock.advance(ACCESS_LIFE_MS - CODE_LIFE_MS);
        assert!(access(&state, &tokens.access).is_none());
    }

    #[test]
    fn a_refresh_token_works_once() {
        let mut state = state();
        let first = redeemed(&mut state).refresh.unwrap();
        let second = rotate(&mut state, "perch-client", &first).unwrap().refresh.unwrap();
        assert!(rotate(&mut state, "perch-client", &first).is_none());
        assert!(
            rotate(&mut state, "perch-client", &second).is_some(),
            "the family lives on"
        );
    }

    #[test]
    fn a_replay_revokes_the_family_when_told_to() {
        let mut state = state();
        state.oauth2.switches.revoke_family_on_replay = true;
        let first = redeemed(&mut state).refresh.unwrap();
        let second = rotate(&mut state, "perch-client", &first).unwrap();
        assert!(rotate(&mut state, "perch-client", &first).is_none());
        assert!(rotate(&mut state, "perch-client", &second.refresh.unwrap()).is_none());
        assert!(access(&state, &second.access).is_none());
    }

    #[test]
    fn another_client_does_not_spend_a_refresh_token() {
        let mut state = state();
        let token = redeemed(&mut state).refresh.unwrap();
        assert!(rotate(&mut state, "perch-public", &token).is_none());
        assert!(rotate(&mut state, "perch-client", &token).is_some());
    }
}
