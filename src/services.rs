//! Use cases: one module per noun or duty. They know ports and X, and nothing of HTTP.

pub mod accounts;
pub mod audit;
pub mod breakers;
pub mod connect;
pub mod engagement;
pub mod keys;
pub mod limits;
pub mod media;
pub mod readiness;
pub mod signatures;
pub mod tokens;
pub mod tweets;
pub mod vending;
pub mod windows;
pub mod writes;
pub mod x;

mod context;
mod copies;

pub use context::{Call, Context, Facts, Memory};
