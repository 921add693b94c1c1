//! perch.

pub mod domain;
pub mod x;
