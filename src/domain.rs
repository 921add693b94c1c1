//! Words and rules. No I/O, no clock, no async: values in, values out.

pub mod account;
pub mod allowance;
pub mod api_key;
pub mod attempt;
mod base62;
mod digest;
pub mod ids;
pub mod machine;
mod sealed;
mod timestamp;
pub mod window;

pub use digest::Digest;
pub use sealed::Sealed;
pub use timestamp::Timestamp;
