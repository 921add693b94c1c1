//! From a request in X's words to one on the wire.
//!
//! The headers are these and no others: nothing that a client sent reaches X.

use http::{HeaderMap, HeaderValue, Method, header};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    domain::fault::{Code, Fault},
    ports::{EntropyExt, UpstreamBody, UpstreamRequest},
    services::{Context, tokens::Credential},
    x::{
        USER_AGENT,
        oauth1::{self, Credentials, SignedRequest, Token},
        operation::XRequest,
    },
};

/// `request`, with `credential`, to the X of the settings.
///
/// # Errors
/// When it cannot be signed: no consumer key in the settings, no entropy.
pub(super) fn on_the_wire(
    context: &Context,
    credential: &Credential,
    request: &XRequest,
) -> Result<UpstreamRequest, Fault> {
    let url = request.url(&context.config.x.api_url);
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    headers.insert(
        header::AUTHORIZATION,
        sensitive(&authorization(context, credential, request.operation.method(), url.as_str())?)?,
    );
    let body = match &request.body {
        Some((content_type, bytes)) => {
            let content_type = HeaderValue::from_str(content_type).map_err(|_| Fault::internal())?;
            headers.insert(header::CONTENT_TYPE, content_type);
            UpstreamBody::Bytes(bytes.clone())
        }
        None => UpstreamBody::Empty,
    };
    let method = Method::from_bytes(request.operation.method().as_bytes()).map_err(|_| Fault::internal())?;
    Ok(UpstreamRequest { method, url, headers, body, timeout_ms: request.operation.timeout_ms })
}

fn sensitive(text: &SecretString) -> Result<HeaderValue, Fault> {
    let mut value = HeaderValue::from_str(text.expose_secret()).map_err(|_| Fault::internal())?;
    value.set_sensitive(true);
    Ok(value)
}

/// The `Authorization` of a request to `url`, its query included.
///
/// # Errors
/// When it cannot be signed: no consumer key in the settings, no entropy.
pub fn authorization(
    context: &Context,
    credential: &Credential,
    method: &str,
    url: &str,
) -> Result<SecretString, Fault> {
    match credential {
        Credential::Bearer { token, .. } => Ok(["Bearer ", token.expose_secret()].concat().into()),
        Credential::Sign { token, secret, .. } => signature(context, token, secret, method, url).map(Into::into),
    }
}

/// Bodies of JSON and multipart are not signed, only the query is (X docs, OAuth 1.0a).
fn signature(
    context: &Context,
    token: &SecretString,
    secret: &SecretString,
    method: &str,
    url: &str,
) -> Result<String, Fault> {
    let consumer = context.config.x.consumer.as_ref().ok_or_else(no_consumer)?;
    let credentials = Credentials {
        consumer_key: consumer.0.clone(),
        consumer_secret: consumer.1.clone(),
        token: Some(Token { token: token.clone(), secret: secret.clone() }),
    };
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    let signed = SignedRequest { method, url, query: &query, ..SignedRequest::default() };
    let nonce = context.ports.entropy.bytes::<16>().map_err(|_| Fault::internal())?;
    let nonce = hex::encode(nonce);
    Ok(oauth1::authorization(&credentials, &signed, &nonce, context.now().as_seconds()))
}

/// What is missing to sign with OAuth 1.0a.
fn no_consumer() -> Fault {
    Fault::new(Code::XMisconfigured, "OAuth 1.0a needs the settings X_CONSUMER_KEY and X_CONSUMER_SECRET.")
}
