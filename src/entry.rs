//! The doors: what the platform calls. Each wires the platform's ports to [`App`] and hands over.

mod account;

use std::sync::OnceLock;

use axum::body::{Body, HttpBody};
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Collected};
use worker::{Context, Env, MessageBatch, MessageExt, RawMessage, ScheduleContext, ScheduledEvent, event};

use crate::{
    adapters::cloudflare::{self, EnvStrings, PlatformArrival},
    app::App,
    config::{Config, ConfigFault},
    gateway::Reply,
    jobs::Verdict,
};

/// The isolate's perch; settings do not change while an isolate lives.
static APP: OnceLock<App> = OnceLock::new();

fn app(env: &Env) -> Result<&'static App, ConfigFault> {
    if let Some(app) = APP.get() {
        return Ok(app);
    }
    let config = Config::read(&EnvStrings(env))?;
    Ok(APP.get_or_init(|| App::new(config)))
}

/// Answers a request.
#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    let app = match app(&env) {
        Ok(app) => app,
        Err(fault) => return misconfigured(&fault),
    };
    let ports = cloudflare::ports(env, cloudflare::wait_until(context), app.config());
    let Some((head, arrival)) = PlatformArrival::of(request) else {
        return plain(StatusCode::BAD_REQUEST, "the request's URL or a header cannot be read");
    };
    match app.fetch(ports, head, arrival).await {
        Reply::Passed { carried, .. } => cloudflare::pass_on(&carried),
        Reply::Ours(response) => ours(response).await,
    }
}

/// An answer of perch's own: one whose body is there leaves in one piece.
async fn ours(response: Response<Body>) -> worker::Result<web_sys::Response> {
    if response.body().size_hint().exact().is_none() {
        return worker::response_to_wasm(response);
    }
    let (head, body) = response.into_parts();
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    cloudflare::whole(&Response::from_parts(head, ()), &body)
}

/// Takes messages of the audit queue and of its dead-letter queue. It never fails: the platform takes a failure for a crash, and
/// ends the isolate with everything in it.
#[event(queue)]
async fn queue(batch: MessageBatch<String>, env: Env, context: Context) -> worker::Result<()> {
    let Ok(app) = app(&env).inspect_err(report) else {
        batch.retry_all();
        return Ok(());
    };
    let ports = cloudflare::ports(env, cloudflare::wait_until(context), app.config());
    let messages: Vec<RawMessage> = batch.raw_iter().collect();
    let texts: Vec<Option<String>> = messages.iter().map(|message| message.body().as_string()).collect();
    let verdicts = if batch.queue().ends_with("-dead") {
        app.audit_dead(ports, &texts).await
    } else {
        app.audit_batch(ports, &texts).await
    };
    for (message, verdict) in messages.iter().zip(verdicts) {
        match verdict {
            Verdict::Done => message.ack(),
            Verdict::Again => message.retry(),
        }
    }
    Ok(())
}

/// A tick of the clock.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, context: ScheduleContext) {
    if let Ok(app) = app(&env).inspect_err(report) {
        let ports = cloudflare::ports(env, cloudflare::wait_until_scheduled(context), app.config());
        app.tick(ports).await;
    }
}

/// A deployment that is set up wrongly says which setting to mend, in the answer and in the log; never a value.
fn misconfigured(fault: &ConfigFault) -> worker::Result<web_sys::Response> {
    report(fault);
    plain(StatusCode::INTERNAL_SERVER_ERROR, &fault.to_string())
}

fn report(fault: &ConfigFault) {
    let line = serde_json::json!({ "level": "error", "message": fault.to_string() });
    worker::console_error!("{line}");
}

/// A problem from before there is a gateway to render one.
fn plain(status: StatusCode, detail: &str) -> worker::Result<web_sys::Response> {
    let problem = serde_json::json!({
        "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail,
    });
    let response = http::Response::builder().status(status).header("content-type", "application/problem+json");
    worker::response_to_wasm(response.body(Body::from(problem.to_string()))?)
}
