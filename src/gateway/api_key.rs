//! Which key a request presents, and whether it is one.
//!
//! A key is checked by its form first: a mistyped or made-up one is refused before anything is looked up. Unknown, wrong,
//! expired and revoked keys are told the same. A key that the isolate does not remember costs a look-up, so floods of such are
//! turned away by the platform's own limit first.

use std::sync::Arc;

use http::{HeaderMap, header};

use super::rate_limit;
use crate::{
    domain::{
        api_key::{ApiKey, KeyHash, KeyRecord, Standing},
        fault::{Code, Fault},
    },
    services::{Context, keys},
};

/// The record of the key in `headers`.
///
/// # Errors
/// [`Code::MissingKey`], [`Code::InvalidKey`], or [`Code::Unavailable`] when keys cannot be looked up.
pub async fn identify(context: &Context, headers: &HeaderMap) -> Result<Arc<KeyRecord>, Fault> {
    let key = presented(headers)?;
    let record = if let Some(known) = keys::remembered(context, key.kid()) {
        known
    } else {
        rate_limit::admit_at_edge(context, headers).await?;
        keys::look_up(context, key.kid()).await.map_err(unavailable)?
    };
    let hash = key.hash(&context.config.pepper);
    // An unknown key takes the same comparison as a known one.
    let known = record.as_ref().map_or_else(KeyHash::nobody, |record| record.hash);
    match record.filter(|_| known.matches(&hash)) {
        Some(record) => standing(context, record),
        None => Err(refusal()),
    }
}

/// Goes on only with a record that is active now.
///
/// # Errors
/// [`Code::InvalidKey`].
pub fn standing(context: &Context, record: Arc<KeyRecord>) -> Result<Arc<KeyRecord>, Fault> {
    match record.standing(context.now()) {
        Standing::Active => Ok(record),
        Standing::Expired | Standing::Revoked => Err(refusal()),
    }
}

fn presented(headers: &HeaderMap) -> Result<ApiKey, Fault> {
    let bearer = headers.get(header::AUTHORIZATION).map(|value| value.to_str().ok().and_then(bearer_of));
    let named = headers.get("x-api-key").map(|value| value.to_str().ok().map(str::trim));
    let text = match (bearer, named) {
        (None, None) => return Err(missing()),
        (Some(text), None) | (None, Some(text)) => text,
        (Some(one), Some(other)) if one == other => one,
        (Some(_), Some(_)) => {
            return Err(Fault::new(
                Code::InvalidRequest,
                "Send the key in Authorization or in X-API-Key, not two keys.",
            ));
        }
    };
    ApiKey::parse(text.unwrap_or_default()).map_err(|_| refusal())
}

/// The token of `Bearer`, whose name has no case (RFC 9110, 11.1).
fn bearer_of(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn missing() -> Fault {
    Fault::new(Code::MissingKey, "Send your API key as `Authorization: Bearer perch_…` or as `X-API-Key: perch_…`.")
}

/// What every key that is not valid is told.
pub fn refusal() -> Fault {
    Fault::new(Code::InvalidKey, "The API key is not valid. Check that it is whole; a new one comes from the operator.")
}

fn unavailable(_: crate::ports::Unavailable) -> Fault {
    Fault::new(Code::Unavailable, "API keys cannot be looked up at the moment.").with_retry_after(2)
}
