//! What the end-to-end tests stand on: one stack of sandbox and gateway, a client of each, and an archive of all that the
//! gateway answered.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test fails by panicking, with words that say what was expected; JSON that lacks a member reads as null"
)]

mod answer;
mod archive;
mod browser;
mod client;
mod digest;
mod first_key;
mod sandbox;
mod server;
mod settings;
mod signing;
mod stack;
mod wrangler;

pub use answer::Answer;
pub use archive::Archive;
pub use browser::{Browser, Page};
pub use client::{Call, Client};
pub use digest::{hex, sha256};
pub use sandbox::{Effect, Ledger, Sandbox, Seen};
pub use settings::Secrets;
pub use signing::SigningValues;
pub use stack::{App, Front, Plan, Stack};
