//! `/i/oauth2/authorize`: the user allows a client, or does not.

use http::StatusCode;

use crate::answer::{Answer, Outcome};
use crate::call::{Call, lookup};
use crate::oauth2::grant::Grant;
use crate::oauth2::{Consent, SCOPES, code, consent_page};
use crate::state::State;

/// Longest `state`, in characters (X docs).
const STATE_LONGEST: usize = 500;

/// An authorization request that is in order.
pub(crate) struct Request {
    pub(crate) client_id: String,
    pub(crate) client_name: &'static str,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) state: Option<String>,
    pub(crate) challenge: String,
}

/// `GET /i/oauth2/authorize`: asks by a page, or decides at once when told to.
pub(crate) fn ask(state: &mut State, call: &Call) -> Outcome {
    let request = parse(state, &call.query)?;
    let consent = match call.query("auto_approve") {
        Some(user) => Consent::Auto { user: user.to_owned() },
        None => state.oauth2.consent.clone(),
    };
    match consent {
        Consent::Page => Ok(Answer::page(StatusCode::OK, consent_page::render(state, &request, &call.query))),
        Consent::Auto { user } => approve(state, &request, &user),
        Consent::Deny => Ok(request.denied()),
    }
}

/// `POST /i/oauth2/authorize`: the decision taken on the page.
pub(crate) fn decide(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    let request = parse(state, &form)?;
    match (lookup(&form, "decision"), lookup(&form, "user")) {
        (Some("allow"), Some(user)) => approve(state, &request, user),
        _ => Ok(request.denied()),
    }
}

fn approve(state: &mut State, request: &Request, username: &str) -> Outcome {
    let Some(user) = state.users.by_username(username) else {
        return page_error("There is no such user.");
    };
    let grant = Grant {
        client_id: request.client_id.clone(),
        user_id: user.account.id.clone(),
        scopes: request.scopes.clone(),
    };
    let code = code::give(state, grant, &request.redirect_uri, &request.challenge);
    Ok(request.back(&[("code", &code)]))
}

/// A request whose client or redirect URI is wrong gets a page: nothing is sent to an address nobody registered.
fn parse(state: &State, given: &[(String, String)]) -> Result<Request, Box<Answer>> {
    let get = |name: &str| lookup(given, name).unwrap_or_default();
    let Some(client) = state.oauth2.clients.iter().find(|client| client.id == get("client_id")) else {
        return page_error("The client_id is not known.");
    };
    let redirect_uri = get("redirect_uri").to_owned();
    if !state.oauth2.redirect_uris.contains(&redirect_uri) {
        return page_error("The redirect_uri is not registered for this app.");
    }
    let request = Request {
        client_id: client.id.to_owned(),
        client_name: client.name,
        redirect_uri,
        scopes: get("scope").split_whitespace().map(str::to_owned).collect(),
        state: lookup(given, "state").map(str::to_owned),
        challenge: get("code_challenge").to_owned(),
    };
    match fault_of(&request, get("response_type"), get("code_challenge_method")) {
        None => Ok(request),
        Some(error) => request.back(&[("error", error)]).refused(),
    }
}

/// The RFC 6749 section 4.1.2.1 error that goes back to the client, if any.
fn fault_of(request: &Request, response_type: &str, method: &str) -> Option<&'static str> {
    let is_known = |scope: &String| SCOPES.contains(&scope.as_str());
    let too_long = request.state.as_ref().is_some_and(|state| state.chars().count() > STATE_LONGEST);
    if response_type != "code" {
        Some("unsupported_response_type")
    } else if method != "S256" || request.challenge.len() != 43 || too_long {
        Some("invalid_request")
    } else if request.scopes.is_empty() || !request.scopes.iter().all(is_known) {
        Some("invalid_scope")
    } else {
        None
    }
}

impl Request {
    fn denied(&self) -> Answer {
        self.back(&[("error", "access_denied")])
    }

    /// Back to the client with `state` and these parameters.
    fn back(&self, parameters: &[(&str, &str)]) -> Answer {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.extend_pairs(parameters);
        let mark = if self.redirect_uri.contains('?') { '&' } else { '?' };
        Answer::redirect(&format!("{}{mark}{}", self.redirect_uri, query.finish()))
    }
}

fn page_error<T>(reason: &str) -> Result<T, Box<Answer>> {
    Answer::page(StatusCode::BAD_REQUEST, consent_page::error(reason)).refused()
}
