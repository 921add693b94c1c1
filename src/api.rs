//! The doors of `/v1`: parse, call a service, answer. One module per noun; [`router`] lists every endpoint on one line.

pub mod audit;
pub mod envelope;
pub mod extract;
pub mod health;
pub mod keys;
pub mod openapi;
pub mod problems;
pub mod router;
