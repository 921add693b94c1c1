//! OAuth 2.0 clients and how they prove who they are at the token endpoint.

use crate::answer::Answer;
use crate::call::{Call, lookup};
use crate::state::State;
use crate::vectors;

/// Id of the confidential client.
pub const CLIENT_ID: &str = "perch-client";
/// Secret of the confidential client.
pub const CLIENT_SECRET: &str = "perch-client-secret";
/// Id of the public client.
pub const PUBLIC_CLIENT_ID: &str = "perch-public";

/// A registered client; confidential when it has a secret.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    secret: Option<&'static str>,
}

/// The clients that always exist.
pub(crate) fn fixed() -> Vec<Client> {
    vec![
        Client { id: CLIENT_ID, name: "perch (development)", secret: Some(CLIENT_SECRET) },
        Client { id: PUBLIC_CLIENT_ID, name: "perch (public client)", secret: None },
    ]
}

/// The client behind a token request.
///
/// Confidential clients must use Basic; a secret in the body counts for nothing. A wrong secret answers like a
/// missing header, as X does.
pub(crate) fn authenticate(state: &State, call: &Call, form: &[(String, String)]) -> Result<Client, Box<Answer>> {
    let (client, secret) = if let Some((id, secret)) = call.basic() {
        (find(state, &decode(&id))?, Some(decode(&secret)))
    } else if let Some(id) = lookup(form, "client_id") {
        (find(state, id)?, None)
    } else {
        return vectors::refuse("oauth-missing-client-id");
    };
    if client.secret == secret.as_deref() { Ok(client) } else { vectors::refuse("oauth-unauthorized-client") }
}

fn find(state: &State, id: &str) -> Result<Client, Box<Answer>> {
    let client = state.oauth2.clients.iter().find(|client| client.id == id);
    client.cloned().map_or_else(|| vectors::refuse("oauth-invalid-client"), Ok)
}

/// RFC 6749 section 2.3.1: both parts of Basic are form-encoded first.
fn decode(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}
