//! Words and rules. No I/O, no clock, no async: values in, values out.

pub mod account;
pub mod allowance;
pub mod api_key;
pub mod attempt;
pub mod audit;
pub mod backoff;
mod base62;
pub mod breaker;
pub mod caller;
mod cursor;
mod digest;
pub mod fault;
pub mod ids;
pub mod machine;
pub mod media;
pub mod nonces;
pub mod planner;
pub mod preference;
pub mod retry;
mod sealed;
mod timestamp;
pub mod trace;
pub mod tweet;
pub mod window;
pub mod write;

pub use cursor::{Cursor, MalformedCursor};
pub use digest::Digest;
pub use sealed::Sealed;
pub use timestamp::Timestamp;
