//! One JSON line for each request, or for each that was refused where the settings say so: platforms charge by the line. It holds
//! names, numbers and ids; never a key, a token, a query or a body.

use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;
use serde::Serialize;

use crate::{
    domain::{api_key::KeyId, fault::Fault, ids::AccountId},
    services::Context,
};

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

/// The line, in the order in which it is read.
#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    message: &'static str,
    request_id: &'a str,
    trace_id: String,
    method: &'a str,
    route: &'a str,
    status: u16,
    code: Option<&'static str>,
    elapsed_ms: u64,
    key_id: Option<&'a str>,
    account_id: Option<&'a str>,
    x_calls: u32,
    x_status: Option<u16>,
    kv_waits: u32,
    d1_waits: u32,
    object_waits: u32,
}

/// Writes the line.
pub fn write(context: &Context, answered: Answered<'_>) {
    if !context.config.logs_all && answered.status.as_u16() < 400 {
        return;
    }
    let call = &context.call;
    let facts = call.facts();
    let line = Line {
        level: level(answered.status),
        message: "request",
        request_id: &call.request_id,
        trace_id: call.trace.id(),
        method: answered.method,
        route: answered.route,
        status: answered.status.as_u16(),
        code: answered.fault.map(|fault| fault.code.slug()),
        elapsed_ms: context.now().ms_since(call.started),
        key_id: facts.kid.as_ref().map(KeyId::as_str),
        account_id: facts.account.as_ref().map(AccountId::as_str),
        x_calls: facts.x_calls,
        x_status: facts.x_status,
        kv_waits: waited(&call.waits.kv),
        d1_waits: waited(&call.waits.sql),
        object_waits: waited(&call.waits.objects),
    };
    // A line of these members always becomes text.
    context.ports.log.write_text(&serde_json::to_string(&line).unwrap_or_default());
}

fn level(status: StatusCode) -> &'static str {
    match status.as_u16() {
        500.. => "error",
        400..=499 => "warn",
        _ => "info",
    }
}

/// How often the answer waited for a part of the platform.
fn waited(count: &AtomicU32) -> u32 {
    count.load(Ordering::Relaxed)
}
