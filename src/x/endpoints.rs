//! The endpoints of X that `/v1` calls, one module per noun.

pub mod users;
