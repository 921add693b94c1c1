//! perch: a self-hosted edge gateway for the X API v2.

pub mod domain;
pub mod ports;
