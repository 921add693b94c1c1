//! The endpoints of X that `/v1` calls, one module per noun.

pub mod tweets;
pub mod users;

use super::operation::Operation;

/// Every operation that `/v1` calls.
pub fn all() -> Vec<&'static Operation> {
    [tweets::ALL, users::ALL].concat()
}
