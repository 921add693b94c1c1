//! Users.

use crate::x::{
    catalogue,
    operation::{Operation, XRequest},
};

/// `GET /2/users/me`.
pub const ME: &Operation = catalogue::GET_USERS_ME;

/// Every operation here.
pub const ALL: &[&Operation] = &[ME];

/// Who the credential speaks for.
pub fn me() -> XRequest {
    XRequest::new(ME, [""; 0])
}
