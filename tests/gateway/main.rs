//! The whole pipeline, natively: every request goes through [`App::fetch`](perch::app::App::fetch), over a world in memory and a
//! real SQLite. No test waits: the clock is moved by hand.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod app_token;
mod audit;
mod browser;
mod calls;
mod connect;
mod day;
mod keys;
mod media;
mod oauth1;
mod openapi;
mod pipeline;
mod refresh;
mod relay;
mod sqlite;
mod tweets;
mod upstream;
mod vending;
mod windows;
mod world;
mod writes;
