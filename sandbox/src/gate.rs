//! Who is asking, whether they may, and whether their window has room.

use http::header::AUTHORIZATION;

use crate::answer::Answer;
use crate::call::Call;
use crate::caller::{Access, Caller, Denial, User, Via};
use crate::endpoints::Endpoint;
use crate::limits::{Admission, Owner};
use crate::oauth2::app_only::BEARER_PREFIX;
use crate::oauth2::grant;
use crate::state::State;
use crate::{oauth1, refusal, vectors};

/// A call that went through X: its answer, who asked, and the window it counted in.
pub(crate) struct Passage {
    pub(crate) answer: Answer,
    pub(crate) caller: Caller,
    pub(crate) admission: Option<Admission>,
}

/// Runs `call` through authentication, scopes, windows and the endpoint itself.
pub(crate) fn pass(state: &mut State, endpoint: &Endpoint, mut call: Call) -> Passage {
    let mut admission = None;
    let outcome = admit(state, endpoint, &mut call, &mut admission).and_then(|()| endpoint.run(state, &call));
    Passage { answer: outcome.unwrap_or_else(|refusal| *refusal), caller: call.caller, admission }
}

fn admit(
    state: &mut State,
    endpoint: &Endpoint,
    call: &mut Call,
    admission: &mut Option<Admission>,
) -> Result<(), Box<Answer>> {
    if matches!(endpoint.access, Access::Open) {
        return Ok(());
    }
    call.caller = authenticate(state, call)?;
    endpoint.access.check(&call.caller).or_else(|denial| denied(&denial))?;
    *admission = count(state, endpoint, &call.caller);
    match admission {
        Some(window) if !window.allowed => vectors::refuse("too-many-requests"),
        _ => Ok(()),
    }
}

fn authenticate(state: &mut State, call: &Call) -> Result<Caller, Box<Answer>> {
    let Some(credentials) = call.header(AUTHORIZATION.as_str()) else {
        return vectors::refuse("unauthorized-problem");
    };
    match credentials.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => bearer(state, token.trim()),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("oauth") => oauth1::verify::verify(state, call),
        _ => vectors::refuse("bad-auth-data-215"),
    }
}

fn bearer(state: &State, token: &str) -> Result<Caller, Box<Answer>> {
    if state.oauth2.app_bearer.as_deref() == Some(token) {
        return Ok(Caller::App);
    }
    if let Some(access) = grant::access(state, token) {
        let via = Via::OAuth2(access.grant.scopes.clone());
        return Ok(Caller::User(User { id: access.grant.user_id.clone(), via }));
    }
    let name = if token.starts_with(BEARER_PREFIX) { "unauthorized-89-bearer" } else { "unauthorized-problem" };
    vectors::refuse(name)
}

fn denied(denial: &Denial) -> Result<(), Box<Answer>> {
    match denial {
        Denial::WrongKind { given, supported } => {
            refusal::unsupported_authentication(given.words(), supported).refused()
        }
        Denial::MissingScope => vectors::refuse("missing-scope"),
    }
}

/// Calls per window, where limits do not hold.
const BOUNDLESS: u32 = 1_000_000;

fn count(state: &mut State, endpoint: &Endpoint, caller: &Caller) -> Option<Admission> {
    let owner = match caller {
        Caller::Nobody => return None,
        Caller::App => Owner::App,
        Caller::User(user) => Owner::User(user.id.clone()),
    };
    let now = state.now_ms();
    let admission = state.limits.admit(&owner, endpoint.method.as_str(), endpoint.path, now)?;
    if state.rules.enforce_rate_limits {
        return Some(admission);
    }
    // A limit that does not hold is told as one that nobody reaches: who believes another would wait for nothing.
    Some(Admission { allowed: true, limit: BOUNDLESS, remaining: BOUNDLESS - 1, ..admission })
}
