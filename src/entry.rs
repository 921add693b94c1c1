//! The doors: what the platform calls. Each wires the platform's ports to [`App`] and hands over.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use http::StatusCode;
use worker::{Context, Env, event};

use crate::{
    adapters::cloudflare::{self, EnvStrings},
    app::App,
    config::{Config, ConfigFault},
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
    let ports = cloudflare::ports(&env, Arc::new(context), app.config());
    let Ok(request) = worker::request_from_wasm(request) else {
        return plain(StatusCode::BAD_REQUEST, "the request's URL or a header cannot be read");
    };
    let response = app.fetch(ports, request.map(Body::new)).await;
    worker::response_to_wasm(response)
}

/// A deployment that is set up wrongly says which setting to mend, in the answer and in the log; never a value.
fn misconfigured(fault: &ConfigFault) -> worker::Result<web_sys::Response> {
    worker::console_error!(
        "{}",
        serde_json::json!({ "level": "error", "message": fault.to_string() })
    );
    plain(StatusCode::INTERNAL_SERVER_ERROR, &fault.to_string())
}

/// A problem from before there is a gateway to render one.
fn plain(status: StatusCode, detail: &str) -> worker::Result<web_sys::Response> {
    let problem = serde_json::json!({
        "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail,
    });
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/problem+json");
    worker::response_to_wasm(response.body(Body::from(problem.to_string()))?)
}
