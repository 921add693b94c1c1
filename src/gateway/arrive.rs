//! The first step: a request gets its name.

use http::HeaderMap;

use super::preference;
use crate::{
    domain::{backoff::Deadline, trace::Trace},
    ports::{EntropyExt, Ports, Unavailable},
    services::Call,
};

/// How long a request may take when its client does not say, in ms.
const DEFAULT_TIMEOUT_MS: u64 = 25_000;

/// Names a request: a fresh request id, and the caller's trace continued (W3C Trace Context) or a new one begun. A client may ask
/// for a shorter deadline with `X-Request-Timeout-Ms`.
///
/// # Errors
/// When there is no entropy for ids.
pub fn name(ports: &Ports, headers: &HeaderMap) -> Result<Call, Unavailable> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let chance: [u8; 40] = ports.entropy.bytes()?;
    let (id, rest) = chance.split_at(16);
    let (trace, span) = rest.split_at(16);
    let request_id = hex::encode(id);
    let trace_id = trace.try_into().map_or(0, u128::from_le_bytes);
    let span_id = span.try_into().map_or(0, u64::from_le_bytes);
    let trace = Trace::enter(text("traceparent"), trace_id, span_id);
    let timeout_ms = text("x-request-timeout-ms").and_then(|ms| ms.parse().ok()).unwrap_or(DEFAULT_TIMEOUT_MS);
    let now = ports.clock.now();
    // One that cannot be read is refused by the gateway, once there is an id to refuse it by.
    let preference = preference::read(headers).unwrap_or_default();
    Ok(Call::new(request_id, trace, now, Deadline::after(timeout_ms, now)).preferring(preference))
}
