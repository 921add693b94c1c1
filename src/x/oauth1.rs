//! OAuth 1.0a: the `Authorization` header of a request signed with HMAC-SHA1 (RFC 5849, section 3.4): made here, read in
//! [`header`], checked in [`verify`].
//!
//! Each step is a function of its own, since each has a value that can be checked: the parameter string, the base
//! string, the signing key, the signature. Nonce and timestamp are arguments.

mod encoding;
pub mod header;
mod signature;
pub mod verify;

use secrecy::{ExposeSecret, SecretString};

use encoding::encode;

/// The pair of a token and its secret that X gave for one account.
#[derive(Clone, Debug)]
pub struct Token {
    /// `oauth_token`. It opens nothing without its secret, but names the account.
    pub token: SecretString,
    /// `oauth_token_secret`.
    pub secret: SecretString,
}

/// Who signs: the X app, and the account it acts for.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `oauth_consumer_key`, the API key of the app.
    pub consumer_key: String,
    /// The API key secret of the app.
    pub consumer_secret: SecretString,
    /// The account's token; none while a request token is asked for.
    pub token: Option<Token>,
}

/// The parts of a request that a signature covers. Keys and values are raw, not yet encoded.
///
/// A body of JSON or multipart is not covered; only one of `application/x-www-form-urlencoded` is.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignedRequest<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// Scheme, host, port and path; a query behind `?` is not read.
    pub url: &'a str,
    /// The query.
    pub query: &'a [(&'a str, &'a str)],
    /// The form in the body.
    pub form: &'a [(&'a str, &'a str)],
    /// Further members of the header: `oauth_callback`, `oauth_verifier`.
    pub oauth: &'a [(&'a str, &'a str)],
    /// Leave `oauth_version` out. It is optional (RFC 5849, section 3.1); X's own examples send it.
    pub without_version: bool,
}

/// The value of the `Authorization` header. `timestamp_s` is seconds since 1970; X refuses one that is far off.
pub fn authorization(credentials: &Credentials, request: &SignedRequest<'_>, nonce: &str, timestamp_s: u64) -> String {
    let timestamp = timestamp_s.to_string();
    let mut oauth = oauth_parameters(credentials, request, nonce, &timestamp);
    let signature = signature::of(credentials, request, &oauth);
    oauth.push(("oauth_signature", signature.expose_secret()));
    let mut members: Vec<String> = oauth.iter().map(|(key, value)| member(key, value)).collect();
    members.sort_unstable();
    format!("OAuth {}", members.join(", "))
}

/// The parameters of the header that are signed with the request: all but the signature.
fn oauth_parameters<'a>(
    credentials: &'a Credentials,
    request: &SignedRequest<'a>,
    nonce: &'a str,
    timestamp: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let mut parameters = vec![
        ("oauth_consumer_key", credentials.consumer_key.as_str()),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", timestamp),
    ];
    parameters.extend(credentials.token.as_ref().map(|token| ("oauth_token", token.token.expose_secret())));
    parameters.extend((!request.without_version).then_some(("oauth_version", "1.0")));
    parameters.extend(request.oauth);
    parameters
}

fn member(key: &str, value: &str) -> String {
    format!("{}=\"{}\"", encode(key), encode(value))
}

#[cfg(test)]
mod tests;
