//! From the gateway to the router: here the whole request crosses into perch.

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
};
use http::Request;
use tower_service::Service;

use crate::{
    domain::{
        caller::Caller,
        fault::{Code, Fault},
    },
    gateway::{self, Reply},
    ports::arrival::Arrival,
    services::Context,
};

/// Answers a request that the gateway let through. A handler that may change something runs to its end even if the client hangs
/// up.
pub async fn serve<A: Arrival>(
    context: &Context,
    router: Router,
    arrival: A,
    caller: Option<Caller>,
) -> Reply<A::Body> {
    let Some(mut request) = arrival.open() else {
        return Fault::new(Code::InvalidRequest, "A header of the request cannot be read.").into();
    };
    request.extensions_mut().insert(context.clone());
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    let is_safe = request.method().is_safe();
    let work = route(router, request);
    if is_safe {
        return Reply::Ours(work.await);
    }
    gateway::outliving(context, work).await.map_or_else(Into::into, Reply::Ours)
}

async fn route(mut router: Router, request: Request<Body>) -> Response {
    router.call(request).await.into_response()
}
