//! The doors of `/v1`: parse, call a service, answer. One module per noun; [`router`] lists every endpoint on one line.

pub mod accounts;
pub mod connect;
pub mod extract;
pub mod health;
pub mod problems;
pub mod router;
