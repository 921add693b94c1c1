//! How often a key may ask. Floods are turned away by the platform's own coarse limit before anything is looked up; what is left
//! is counted exactly, by the key's object.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::api_key;
use crate::{
    domain::{
        allowance::{WindowView, headers},
        api_key::KeyRecord,
        fault::{Code, Fault},
    },
    services::{
        Context,
        limits::{self, Refusal},
    },
};

/// Asks the platform's limit, by the client's address: it is there to keep floods of made-up keys off the look-ups.
///
/// # Errors
/// [`Code::KeyRateLimited`].
pub async fn admit_at_edge(context: &Context, request: &HeaderMap) -> Result<(), Fault> {
    let address = request.get("cf-connecting-ip").and_then(|value| value.to_str().ok()).unwrap_or("unknown");
    if context.ports.edge_limit.admits(address).await {
        return Ok(());
    }
    Err(Fault::new(Code::KeyRateLimited, "Too many requests from this address. Ask again in 10 s.")
        .with_retry_after(10))
}

/// Lets one request of the key through, and answers with the record as it is now. Where the key stands is left in `windows`, for
/// refusals too.
///
/// # Errors
/// [`Code::KeyRateLimited`]; [`Code::InvalidKey`] for a key that has just ended; [`Code::Unavailable`] when the object cannot be
/// asked: then reads go on, and what changes something does not.
pub async fn admit(
    context: &Context,
    method: &Method,
    record: Arc<KeyRecord>,
    windows: &mut Vec<WindowView>,
) -> Result<Arc<KeyRecord>, Fault> {
    match limits::admit(context, record.clone()).await {
        Ok(admission) => {
            *windows = admission.windows;
            Ok(admission.record)
        }
        Err(Refusal::Limited { fault, windows: standing }) => {
            *windows = standing;
            Err(fault)
        }
        Err(Refusal::Ended) => Err(api_key::refusal()),
        Err(Refusal::OutOfReach(_)) if method.is_safe() => Ok(record),
        Err(Refusal::OutOfReach(_)) => {
            Err(Fault::new(Code::Unavailable, "The key's allowance cannot be asked at the moment.").with_retry_after(2))
        }
    }
}

/// Tells where the key stands (draft-ietf-httpapi-ratelimit-headers).
pub fn tell(answer: &mut HeaderMap, windows: &[WindowView]) {
    if windows.is_empty() {
        return;
    }
    let told = [("ratelimit-policy", headers::rate_limit_policy(windows)), ("ratelimit", headers::rate_limit(windows))];
    for (name, value) in told {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.insert(HeaderName::from_static(name), value);
        }
    }
}
