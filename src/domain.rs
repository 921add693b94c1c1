//! Words and rules. No I/O, no clock, no async: values in, values out.

pub mod audit;
pub mod fault;
pub mod machine;
mod timestamp;

pub use timestamp::Timestamp;
