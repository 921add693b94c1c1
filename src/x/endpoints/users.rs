//! Users.

use crate::{
    domain::{breaker::Group, retry::Effect},
    x::operation::{Auth, Operation, XRequest},
};

/// `GET /2/users/me`.
pub static ME: Operation = Operation {
    method: "GET",
    template: "/2/users/me",
    group: Group::Users,
    effect: Effect::Read,
    auth: Auth::User,
    limits: &[(75, 900)],
    timeout_ms: 10_000,
};

/// Every operation here.
pub const ALL: &[&Operation] = &[&ME];

/// Who the credential speaks for.
pub fn me() -> XRequest {
    XRequest::new(&ME, [""; 0])
}
