//! The way of every request, from its arrival to its log line.
//!
//! | step | module | why it stands here |
//! | --- | --- | --- |
//! | 1 request id, trace | [`arrive`] | so that even a refusal can be found again |
//! | 2 path gate | [`path_gate`] | nothing else may read a path that has two readings |
//! | 3 preflight | [`cors`] | a browser asks before it has a key |
//! | 4 body limit | [`body_limit`] | an announced flood is refused before a look-up |
//! | 5 who asks | [`identity`]: [`api_key`] or [`signature`] | checked by form before anything is looked up |
//! | 6 origin | [`cors`] | the list belongs to the key |
//! | 7 rate limit | [`rate_limit`] | only a known key has an allowance |
//! | 8 handler | `api` | |
//! | 9 answer | [`answer`] | headers that every answer carries, problems, the log line |

pub mod access_log;
pub mod answer;
pub mod api_key;
pub mod arrive;
pub mod body_limit;
pub mod cors;
pub mod identity;
pub mod page;
pub mod path_gate;
pub mod problem;
pub mod rate_limit;
pub mod signature;

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
};
use futures_channel::oneshot;
use http::{HeaderValue, Method, Request, request::Parts};
use tower_service::Service;

use crate::{
    domain::{allowance::WindowView, caller::Caller, fault::Fault},
    services::Context,
};

/// What the pipeline learned about a request that it let through.
#[derive(Default)]
struct Admitted {
    caller: Option<Caller>,
    origin: Option<HeaderValue>,
    windows: Vec<WindowView>,
}

/// Answers `request`, through the pipeline and `router`.
pub async fn handle(context: Context, router: Router, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let seen = answer::Seen::of(&parts);
    if cors::is_preflight(&parts.method, &parts.headers) {
        let response = cors::preflight(&context, &parts.headers).await;
        return answer::finish(&context, &seen, response);
    }
    let mut admitted = Admitted::default();
    let mut response = match admit(&context, &parts, &mut admitted).await {
        Ok(()) => serve(&context, router, Request::from_parts(parts, body), admitted.caller.take()).await,
        Err(fault) => fault.into_response(),
    };
    rate_limit::tell(response.headers_mut(), &admitted.windows);
    cors::mark(response.headers_mut(), admitted.origin.as_ref());
    answer::finish(&context, &seen, response)
}

/// Steps 2 and 4 to 7. What is known when a step refuses stands in `admitted`, so that the refusal can tell it.
async fn admit(context: &Context, parts: &Parts, admitted: &mut Admitted) -> Result<(), Fault> {
    let path = parts.uri.path();
    path_gate::admit(path, parts.uri.query())?;
    body_limit::admit(&parts.headers, body_limit::limit_of(&parts.method, path))?;
    let public = is_public(path) || proves_its_key(&parts.method, path);
    if !is_public(path) || path.starts_with("/connect/") {
        rate_limit::admit_at_edge(context, &parts.headers).await?;
    }
    if public {
        return Ok(());
    }
    let identity = identity::identify(context, parts).await?;
    context.call.note(|facts| facts.kid = Some(identity.record().kid.clone()));
    admitted.origin = cors::admit(context, identity.record(), &parts.headers)?;
    let newest = rate_limit::admit(context, &parts.method, identity.record().clone(), &mut admitted.windows).await;
    admitted.caller = Some(identity.caller(newest)?);
    Ok(())
}

/// Step 8. A handler that may change something runs to its end even if the client hangs up; the answer is then nobody's.
async fn serve(context: &Context, mut router: Router, mut request: Request<Body>, caller: Option<Caller>) -> Response {
    request.extensions_mut().insert(context.clone());
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    if request.method().is_safe() {
        return router.call(request).await.into_response();
    }
    let (answer, answered) = oneshot::channel();
    let work = async move {
        let response = router.call(request).await.into_response();
        // A client that has left is no reason to stop: nobody listens, and the work is done.
        let _ = answer.send(response);
    };
    context.ports.background.spawn(Box::pin(work));
    answered.await.unwrap_or_else(|_| Fault::internal().into_response())
}

/// The token endpoint finds its key in the body or in HTTP Basic, as OAuth 2.0 has it, and counts it by itself.
fn proves_its_key(method: &Method, path: &str) -> bool {
    *method == Method::POST && path == "/2/oauth2/token"
}

/// What is answered to anybody. Everything else needs a key, so that nobody without one learns which paths there are.
fn is_public(path: &str) -> bool {
    let below = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
    !(below("/v1") || below("/2") || path == "/v1" || path == "/2")
}
