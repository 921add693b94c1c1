//! OAuth 2.0 as X speaks it: the address of the consent page, and requests and answers of the token endpoint.
//!
//! Shapes and PKCE are the `oauth2` crate's; what X does differently stands here: a confidential client sends its id in the body
//! *and* as Basic (reports of `Missing required parameter [client_id].` without it), and a dead grant may come as
//! `invalid_request` (X docs; public reports).

mod answer;
mod app;

use base64::{Engine, engine::general_purpose::STANDARD};
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, basic::BasicClient,
};
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

pub use answer::{GrantRefusal, Granted, read_grant};
pub use app::{client_credentials, read_bearer};

/// What `/v1` needs, and `offline.access` for a refresh token.
pub const DEFAULT_SCOPES: &[&str] = &[
    "tweet.read",
    "tweet.write",
    "tweet.moderate.write",
    "users.read",
    "like.read",
    "like.write",
    "bookmark.read",
    "bookmark.write",
    "media.write",
    "offline.access",
];

/// Every scope X declares (OpenAPI 2.167, and `users.email` of X's docs).
pub const SCOPES: &[&str] = &[
    "block.read",
    "block.write",
    "bookmark.read",
    "bookmark.write",
    "broadcast.read",
    "broadcast.write",
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

/// perch's app at X.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// The client id.
    pub id: &'a str,
    /// The client secret; a public client has none.
    pub secret: Option<&'a SecretString>,
}

/// A body for the token or revocation endpoint, and the header that goes with it.
pub struct Form {
    /// `application/x-www-form-urlencoded`.
    pub body: SecretString,
    /// `Basic …` for confidential clients.
    pub authorization: Option<SecretString>,
}

/// The address of X's consent page for one attempt (RFC 6749, 4.1.1; RFC 7636, 4.3).
///
/// # Errors
/// When an address of the settings cannot be used.
pub fn consent_url(
    page: &Url,
    client: Client<'_>,
    redirect_uri: &Url,
    scopes: &[String],
    state: &str,
    verifier: &SecretString,
) -> Result<Url, oauth2::url::ParseError> {
    let verifier = PkceCodeVerifier::new(verifier.expose_secret().to_owned());
    let client = BasicClient::new(ClientId::new(client.id.to_owned()))
        .set_auth_uri(AuthUrl::new(page.to_string())?)
        .set_redirect_uri(RedirectUrl::new(redirect_uri.to_string())?);
    let state = CsrfToken::new(state.to_owned());
    let (url, _) = client
        .authorize_url(|| state)
        .add_scopes(scopes.iter().cloned().map(Scope::new))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    Ok(url)
}

/// Exchanges a code (RFC 6749, 4.1.3).
pub fn exchange_code(client: Client<'_>, code: &str, redirect_uri: &Url, verifier: &SecretString) -> Form {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri.as_str()),
        ("code_verifier", verifier.expose_secret()),
    ];
    form(client, &fields)
}

/// Exchanges a refresh token (RFC 6749, 6).
pub fn refresh(client: Client<'_>, refresh_token: &SecretString) -> Form {
    form(client, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())])
}

/// Revokes a token (RFC 7009).
pub fn revoke(client: Client<'_>, token: &SecretString, hint: &'static str) -> Form {
    form(client, &[("token", token.expose_secret()), ("token_type_hint", hint)])
}

fn form(client: Client<'_>, fields: &[(&str, &str)]) -> Form {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields).append_pair("client_id", client.id);
    let authorization = client.secret.map(|secret| basic(client.id, secret));
    Form { body: body.finish().into(), authorization }
}

/// `Basic` credentials (RFC 6749, 2.3.1: each part form-encoded first).
fn basic(id: &str, secret: &SecretString) -> SecretString {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(id), encode(secret.expose_secret()));
    format!("Basic {}", STANDARD.encode(pair)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_consent_url_carries_the_challenge_of_rfc_7636() {
        let page = Url::parse("https://x.com/i/oauth2/authorize").unwrap();
        let redirect = Url::parse("https://perch.example/connect/callback").unwrap();
        let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let client = Client { id: "app", secret: None };
        let scopes = ["tweet.read".to_owned(), "offline.access".to_owned()];
        let url = consent_url(&page, client, &redirect, &scopes, "state-1", &verifier).unwrap();
        let query: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        let expected = [
            ("client_id", "app"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
            ("redirect_uri", "https://perch.example/connect/callback"),
            ("response_type", "code"),
            ("scope", "tweet.read offline.access"),
            ("state", "state-1"),
        ];
        for (name, value) in expected {
            assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(query.len(), expected.len());
    }

    #[test]
    fn basic_credentials_are_those_of_x_docs() {
        let secret = SecretString::from("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg");
        let expected = "Basic eHZ6MWV2RlM0d0VFUFRHRUZQSEJvZzpMOHFxOVBaeVJnNmllS0dFS2hab2xHQzB2SldMdzhpRUo4OERSZHlPZw==";
        assert_eq!(basic("xvz1evFS4wEEPTGEFPHBog", &secret).expose_secret(), expected);
    }

    #[test]
    fn a_confidential_client_sends_its_id_twice_and_its_secret_once() {
        let secret = SecretString::from("s");
        let form = refresh(Client { id: "app", secret: Some(&secret) }, &SecretString::from("r+t"));
        assert_eq!(form.body.expose_secret(), "grant_type=refresh_token&refresh_token=r%2Bt&client_id=app");
        assert!(form.authorization.is_some());
        let public = refresh(Client { id: "app", secret: None }, &SecretString::from("r"));
        assert!(public.authorization.is_none());
    }
}
