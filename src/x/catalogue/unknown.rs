//! Endpoints that X may have and the catalogue has not.

use crate::{
    domain::{breaker::Group, retry::Effect},
    x::operation::{Auth, BodyKind, Operation},
};

/// One for each method, with cautious defaults: whatever is not a GET is sent once.
pub(super) static UNKNOWN: [Operation; 4] = [
    unknown("GET /2/{unknown}", Effect::Read),
    unknown("POST /2/{unknown}", Effect::Create),
    unknown("PUT /2/{unknown}", Effect::Create),
    unknown("DELETE /2/{unknown}", Effect::Create),
];

const fn unknown(name: &'static str, effect: Effect) -> Operation {
    Operation {
        name,
        params: "",
        scopes: &[],
        limits: &[],
        app_limits: &[],
        price: None,
        timeout_ms: 15_000,
        success: 200,
        auth: Auth::ANY,
        group: Group::Other,
        effect,
        body: BodyKind::Json,
        streams: false,
    }
}
