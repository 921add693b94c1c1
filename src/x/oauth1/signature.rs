//! From a request to its signature, step by step (RFC 5849, sections 3.4.1 and 3.4.2).

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;

use super::{Credentials, SignedRequest, encoding::encode};

/// The signature of `request` with the parameters of its header.
pub(super) fn of(credentials: &Credentials, request: &SignedRequest<'_>, oauth: &[(&str, &str)]) -> SecretString {
    sign(&key(credentials), &base_string(request, &parameter_string(request, oauth)))
}

/// Query, form and header parameters: encoded, then sorted as bytes by key and value, then joined.
pub(super) fn parameter_string(request: &SignedRequest<'_>, oauth: &[(&str, &str)]) -> String {
    let all = request.query.iter().chain(request.form).chain(oauth);
    let mut pairs: Vec<(String, String)> =
        all.map(|(key, value)| (encode(key).to_string(), encode(value).to_string())).collect();
    pairs.sort_unstable();
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}

/// Method, URL and parameter string, joined by two ampersands.
pub(super) fn base_string(request: &SignedRequest<'_>, parameters: &str) -> String {
    format!("{}&{}&{}", encode(request.method), encode(&base_url(request.url)), encode(parameters))
}

/// The URL as it is signed: scheme and host in small letters, no default port, no query.
fn base_url(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (scheme, slash) = (scheme.to_ascii_lowercase(), rest.find('/').unwrap_or(rest.len()));
    let (authority, path) = rest.split_at_checked(slash).unwrap_or((rest, ""));
    let authority = authority.to_ascii_lowercase();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let authority = authority.strip_suffix(default_port).unwrap_or(&authority);
    format!("{scheme}://{authority}{}", if path.is_empty() { "/" } else { path })
}

/// The key of the HMAC: both secrets; the second is empty while there is no token.
pub(super) fn key(credentials: &Credentials) -> SecretString {
    let token = credentials.token.as_ref().map_or("", |token| token.secret.expose_secret());
    format!("{}&{}", encode(credentials.consumer_secret.expose_secret()), encode(token)).into()
}

/// The HMAC of the base string, in base64.
pub(super) fn sign(key: &SecretString, base_string: &str) -> SecretString {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.expose_secret().as_bytes()) else {
        return SecretString::default(); // HMAC takes a key of any length (RFC 2104, section 2), so there is no such key.
    };
    mac.update(base_string.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes()).into()
}
