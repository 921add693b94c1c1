//! An X API v2 that can misbehave.

pub mod limits;
pub mod media;
pub mod text;
