//! One JSON line for each request, refused ones too. It holds names, numbers and ids; never a key, a token, a query or a body.

use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;
use serde_json::json;

use crate::{domain::fault::Fault, services::Context};

/// What the line says about the answer.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The method, if it is one of HTTP's.
    pub method: &'a str,
    /// The route's template, never the path: a path may carry what only its owner should know.
    pub route: &'a str,
    /// The status.
    pub status: StatusCode,
    /// The fault, if it ended in one.
    pub fault: Option<&'a Fault>,
}

/// Writes the line.
pub fn write(context: &Context, answered: Answered<'_>) {
    let call = &context.call;
    let facts = call.facts();
    let level = match answered.status.as_u16() {
        500.. => "error",
        400..=499 => "warn",
        _ => "info",
    };
    context.ports.log.write(&json!({
        "level": level,
        "message": "request",
        "request_id": call.request_id,
        "trace_id": call.trace.id(),
        "method": answered.method,
        "route": answered.route,
        "status": answered.status.as_u16(),
        "code": answered.fault.map(|fault| fault.code.slug()),
        "elapsed_ms": context.now().ms_since(call.started),
        "key_id": facts.kid.as_ref().map(ToString::to_string),
        "account_id": facts.account.as_ref().map(ToString::to_string),
        "x_calls": facts.x_calls,
        "x_status": facts.x_status,
        "kv_waits": waited(&call.waits.kv),
        "d1_waits": waited(&call.waits.sql),
        "object_waits": waited(&call.waits.objects),
    }));
}

/// How often the answer waited for a part of the platform.
fn waited(count: &AtomicU32) -> u32 {
    count.load(Ordering::Relaxed)
}
