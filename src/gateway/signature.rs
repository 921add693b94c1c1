//! Clients that sign with OAuth 1.0a instead of sending a key.
//!
//! Whatever is wrong with a signature is told in the same words, but for a clock that is off: that is told only to whoever has
//! shown the secrets.

use http::{HeaderMap, HeaderValue, Method, header, request::Parts};

use super::rate_limit;
use crate::{
    domain::{
        fault::{Code, Fault},
        nonces::TOLERANCE_S,
    },
    services::{
        Context,
        signatures::{self, Refusal, Request, Signer},
    },
};

const FORM: &str = "application/x-www-form-urlencoded";

/// The header of a signed request, if it is one.
pub fn presented(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    signatures::is_oauth(authorization).then_some(authorization)
}

/// Whose request it is.
///
/// # Errors
/// [`Code::InvalidSignature`]; [`Code::UnsupportedMediaType`] for a form, whose fields would be signed;
/// [`Code::InvalidRequest`] for a key beside the signature; [`Code::KeyRateLimited`], [`Code::Unavailable`].
pub async fn identify(context: &Context, parts: &Parts, authorization: &str) -> Result<Signer, Fault> {
    if parts.headers.contains_key("x-api-key") {
        return Err(Fault::new(Code::InvalidRequest, "Sign the request or send a key, not both."));
    }
    if carries_form(&parts.method, &parts.headers) {
        let detail = "perch does not read forms, so it cannot check their signature. Sign a body of JSON or multipart.";
        return Err(Fault::new(Code::UnsupportedMediaType, detail));
    }
    rate_limit::admit_at_edge(context, &parts.headers).await?;
    let request =
        Request { method: parts.method.as_str(), path: parts.uri.path(), query: parts.uri.query().unwrap_or_default() };
    let changes = !parts.method.is_safe();
    signatures::identify(context, authorization, request, changes).await.map_err(|refusal| refused(&refusal))
}

/// Whether a form comes with the request. Some clients name the type without sending any.
fn carries_form(method: &Method, headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).map(HeaderValue::as_bytes);
    let is_empty = length.map_or(method.is_safe(), |length| length == b"0");
    !is_empty && headers.get_all(header::CONTENT_TYPE).iter().any(is_form)
}

fn is_form(content_type: &HeaderValue) -> bool {
    let essence = content_type.to_str().unwrap_or_default().split([';', ',']).next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(FORM)
}

fn refused(refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::Invalid => self::refusal(),
        Refusal::Clock { now_s } => Fault::new(
            Code::InvalidSignature,
            format!("The timestamp is more than {TOLERANCE_S} s from now, which is {now_s}. Set the client's clock."),
        ),
        Refusal::TooMany => {
            let detail = "Too many signed requests in this minute. Send an API key instead, or fewer.";
            Fault::new(Code::KeyRateLimited, detail).with_retry_after(60)
        }
        Refusal::OutOfReach(_) => {
            Fault::new(Code::Unavailable, "Signatures cannot be checked at the moment.").with_retry_after(2)
        }
    }
}

/// What every request is told whose signature is not valid.
pub fn refusal() -> Fault {
    Fault::new(
        Code::InvalidSignature,
        "The signature is not valid. Check the four values, the URL that is signed, and that each nonce is used once.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carries(method: &Method, headers: &[(header::HeaderName, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        carries_form(method, &headers.collect())
    }

    #[test]
    fn a_form_is_noticed_by_its_type_and_length() {
        let form = (header::CONTENT_TYPE, "Application/x-www-form-urlencoded; charset=UTF-8");
        let json = (header::CONTENT_TYPE, "application/json");
        let (some, none) = ((header::CONTENT_LENGTH, "3"), (header::CONTENT_LENGTH, "0"));
        assert!(carries(&Method::POST, &[form.clone(), some.clone()]));
        assert!(carries(&Method::POST, std::slice::from_ref(&form)), "of unannounced length");
        assert!(carries(&Method::GET, &[form.clone(), some.clone()]));
        assert!(!carries(&Method::POST, &[form.clone(), none]));
        assert!(!carries(&Method::GET, std::slice::from_ref(&form)));
        assert!(!carries(&Method::POST, &[json, some]));
        assert!(!carries(&Method::POST, &[]));
    }
}
