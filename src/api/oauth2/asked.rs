//! What the token endpoint is asked: a form (RFC 6749, 6 and 4.4.2), or JSON, which some of X's SDKs send.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use super::answer::Refusal;
use crate::{
    domain::api_key::{ApiKey, ConsumerKey, KeyId, RefreshHandle},
    services::vending::Asked,
};

/// What is sent. Members that are not known are ignored (RFC 6749, 3.2).
#[derive(Default, Deserialize, ToSchema)]
pub struct TokenRequest {
    /// `refresh_token` or `client_credentials`.
    grant_type: Option<String>,
    /// The refresh handle that a key has issued; with `refresh_token`.
    refresh_token: Option<String>,
}

/// A request that can be read.
pub(super) struct Question {
    /// What is asked for.
    pub(super) asked: Asked,
}

impl Question {
    /// Reads a request.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let request = match content_type(headers).as_str() {
            "application/x-www-form-urlencoded" => form(body),
            "application/json" => serde_json::from_slice(body).ok(),
            _ => return Err(invalid("Send the body as application/x-www-form-urlencoded or application/json.")),
        };
        let request = request.ok_or_else(|| invalid("The body cannot be read, or repeats a parameter."))?;
        let asked = match request.grant_type.as_deref() {
            Some("refresh_token") => Asked::Refresh(handle(request.refresh_token)?),
            Some("client_credentials") => client(headers)?,
            Some(_) => {
                return Err(Refusal::bad("unsupported_grant_type", "Ask with refresh_token or client_credentials."));
            }
            None => return Err(invalid("The parameter grant_type is missing.")),
        };
        Ok(Self { asked })
    }

    /// The handle that was sent, whole.
    pub(super) fn handle(&self) -> Option<String> {
        match &self.asked {
            Asked::Refresh(handle) => Some(handle.expose().expose_secret().to_owned()),
            Asked::App(_) | Asked::AppOfConsumer(..) => None,
        }
    }
}

fn invalid(description: &str) -> Refusal {
    Refusal::bad("invalid_request", description)
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The parameters of a form, none of them twice (RFC 6749, 3.2).
fn form(body: &[u8]) -> Option<TokenRequest> {
    let mut request = TokenRequest::default();
    for (name, value) in form_urlencoded::parse(body) {
        let place = match name.as_ref() {
            "grant_type" => &mut request.grant_type,
            "refresh_token" => &mut request.refresh_token,
            _ => continue,
        };
        if place.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    Some(request)
}

/// A text that is no handle is refused before anything is looked up, in the words for one that does not work.
fn handle(text: Option<String>) -> Result<RefreshHandle, Refusal> {
    let text = text.ok_or_else(|| invalid("The parameter refresh_token is missing."))?;
    RefreshHandle::parse(&text).map_err(|_| Refusal::of_handle())
}

/// Who asks, from HTTP Basic: a key's id and the key, or the consumer key and secret it has issued.
fn client(headers: &HeaderMap) -> Result<Asked, Refusal> {
    let (id, secret) = basic(headers).ok_or_else(Refusal::of_client)?;
    if let Ok(consumer) = ConsumerKey::parse(&id) {
        return Ok(Asked::AppOfConsumer(consumer, secret));
    }
    let key = ApiKey::parse(secret.expose_secret()).ok();
    let key = key.filter(|key| KeyId::parse(&id).is_ok_and(|kid| kid == *key.kid()));
    key.map(Asked::App).ok_or_else(Refusal::of_client)
}

/// The two parts. A client form-encodes them first (RFC 6749, 2.3.1), which changes nothing that perch issues.
fn basic(headers: &HeaderMap) -> Option<(String, SecretString)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    let decoded = STANDARD.decode(credentials.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let pair = String::from_utf8(decoded).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((id.to_owned(), secret.to_owned().into()))
}
