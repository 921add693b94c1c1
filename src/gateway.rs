//! The way of every request, from its arrival to its log line.
//!
//! Every step decides on the *head* alone (see [`arrival`](crate::ports::arrival)): what is refused costs no more than that.
//!
//! | step | module | why it stands here |
//! | --- | --- | --- |
//! | 1 request id, trace | [`arrive`] | so that even a refusal can be found again |
//! | 2 path gate | [`path_gate`] | nothing else may read a path that has two readings |
//! | 3 preflight | [`cors`] | a browser asks before it has a key |
//! | 4 body limit, preferences | [`body_limit`], [`preference`] | an announced flood is refused before a look-up |
//! | 5 who asks | [`identity`]: [`api_key`] or [`signature`] | checked by form before anything is looked up |
//! | 6 origin | [`cors`] | the list belongs to the key |
//! | 7 rate limit | [`rate_limit`] | only a known key has an allowance |
//! | 8 handler | `relay`, `api` | |
//! | 9 answer | [`answer`] | headers that every answer carries, problems, the log line |

pub mod access_log;
pub mod answer;
pub mod api_key;
pub mod arrive;
pub mod body_limit;
pub mod cors;
pub mod identity;
pub mod operation;
pub mod page;
pub mod path_gate;
pub mod preference;
pub mod problem;
pub mod rate_limit;
pub mod reply;
pub mod signature;

use std::future::Future;

use futures_channel::oneshot;
use http::{HeaderValue, Method, request::Parts};

use crate::{
    domain::{allowance::WindowView, caller::Caller, fault::Fault},
    services::Context,
};

pub use reply::Reply;

/// The one path of X's that perch answers itself.
pub const TOKEN_ENDPOINT: &str = "/2/oauth2/token";

/// What the pipeline learned about a request that it let through.
#[derive(Default)]
struct Admitted {
    caller: Option<Caller>,
    origin: Option<HeaderValue>,
    windows: Vec<WindowView>,
}

/// Answers the request with this head, through the pipeline and `handler`.
pub async fn handle<B>(
    context: &Context,
    head: Parts,
    handler: impl AsyncFnOnce(Parts, Option<Caller>) -> Reply<B>,
) -> Reply<B> {
    let seen = answer::Seen::of(&head);
    if cors::is_preflight(&head.method, &head.headers) {
        let response = cors::preflight(context, &head.headers).await;
        return answer::finish(context, &seen, Reply::Ours(response));
    }
    let mut admitted = Admitted::default();
    let mut reply = match admit(context, &head, &mut admitted).await {
        Ok(()) => handler(head, admitted.caller.take()).await,
        Err(fault) => fault.into(),
    };
    rate_limit::tell(reply.headers_mut(), &admitted.windows);
    preference::tell(reply.headers_mut(), context.call.facts().waits_s);
    cors::mark(reply.headers_mut(), admitted.origin.as_ref());
    answer::finish(context, &seen, reply)
}

/// Steps 2 and 4 to 7. What is known when a step refuses stands in `admitted`, so that the refusal can tell it.
async fn admit(context: &Context, head: &Parts, admitted: &mut Admitted) -> Result<(), Fault> {
    let path = head.uri.path();
    path_gate::admit(path, head.uri.query())?;
    body_limit::admit(&head.headers, body_limit::limit_of(&head.method, path))?;
    preference::read(&head.headers)?;
    let proves_itself = proves_its_key(&head.method, path);
    if proves_itself || is_public(path) {
        // Where anybody may ask, only what costs a look-up is worth a flood's while.
        return if proves_itself || path.starts_with("/connect/") {
            rate_limit::admit_at_edge(context, &head.headers).await
        } else {
            Ok(())
        };
    }
    let identity = identity::identify(context, head).await?;
    context.call.note(|facts| facts.kid = Some(identity.record().kid.clone()));
    admitted.origin = cors::admit(context, identity.record(), &head.headers)?;
    let newest = rate_limit::admit(context, &head.method, identity.record().clone(), &mut admitted.windows).await;
    admitted.caller = Some(identity.caller(newest)?);
    Ok(())
}

/// Runs `work`, which may change something, to its end even if the client hangs up; the answer is then nobody's.
///
/// # Errors
/// When the platform ends the work before it is done.
pub async fn outliving<T: Send + 'static>(
    context: &Context,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Fault> {
    let (answer, answered) = oneshot::channel();
    let work = async move {
        // A client that has left is no reason to stop: nobody listens, and the work is done.
        let _ = answer.send(work.await);
    };
    context.ports.background.spawn(Box::pin(work));
    answered.await.map_err(|_| Fault::internal())
}

/// The token endpoint finds its key in the body or in HTTP Basic, as OAuth 2.0 has it, and counts it by itself.
fn proves_its_key(method: &Method, path: &str) -> bool {
    *method == Method::POST && path == TOKEN_ENDPOINT
}

/// What is answered to anybody. Everything else needs a key, so that nobody without one learns which paths there are.
fn is_public(path: &str) -> bool {
    let below = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
    !(below("/v1") || below("/2") || path == "/v1" || path == "/2")
}
