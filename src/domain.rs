//! Words and rules of the gateway: no I/O, no clock, no async.

pub mod tweet;
