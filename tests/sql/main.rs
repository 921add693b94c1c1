//! The migrations and the repositories' statements, on real SQLite.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod audit;
mod keys;
mod migrations;
#[path = "../gateway/sqlite.rs"]
mod sqlite;
#[expect(dead_code, reason = "the pipeline's tests use the rest")]
#[path = "../gateway/upstream.rs"]
mod upstream;
#[expect(dead_code, reason = "the pipeline's tests use the rest")]
#[path = "../gateway/world.rs"]
mod world;
