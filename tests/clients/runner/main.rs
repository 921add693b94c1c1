//! Four X SDKs, as published, through the built Worker on workerd, against the sandbox.
//!
//! Each client's program runs once, with a key and an X account of its own. Each of its steps is a test; the last tests of
//! a client look at what X saw and did meanwhile.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; JSON that lacks a member reads as null"
)]

mod client;
mod credentials;
mod ledger;
mod program;

use std::process::ExitCode;
use std::sync::OnceLock;

use client::Client;
use libtest_mimic::{Arguments, Trial};
use perch_e2e::Stack;
use tokio::runtime::Runtime;

/// What each program does, in order and by these names.
const STEPS: [&str; 23] = [
    "who-am-i",
    "tweet",
    "reply",
    "look-up",
    "batch-look-up",
    "timeline",
    "like",
    "unlike",
    "repost",
    "undo-repost",
    "bookmark",
    "remove-bookmark",
    "media",
    "alt-text",
    "media-tweet",
    "delete",
    "not-found",
    "invalid",
    "rate-limit",
    "wrong-key",
    "signed-who-am-i",
    "signed-tweet",
    "signed-delete",
];

static CLIENTS: [Client; 4] = [
    Client::python("xdk-python"),
    Client::python("tweepy"),
    Client::node("xdk-typescript"),
    Client::node("twitter-api-v2"),
];
static RUNTIME: OnceLock<Runtime> = OnceLock::new();
static STACK: OnceLock<Result<Stack, String>> = OnceLock::new();

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1); // one stack, one ledger
    let conclusion = libtest_mimic::run(&arguments, CLIENTS.iter().flat_map(trials).collect());
    if let Some(Ok(stack)) = STACK.get() {
        stack.stop();
        if conclusion.has_failed() {
            eprintln!("what was stored and logged is in {}", stack.archive.folder().display());
        } else if let Err(error) = std::fs::remove_dir_all(stack.archive.folder()) {
            eprintln!("{} could not be removed: {error}", stack.archive.folder().display());
        }
    }
    conclusion.exit_code()
}

/// The tests of one client: its steps, then what X saw.
fn trials(client: &'static Client) -> Vec<Trial> {
    let name = |test: &str| format!("{}::{test}", client.name());
    let steps = STEPS.iter().map(|step| Trial::test(name(step), || client.run()?.step(step)));
    let mut trials: Vec<Trial> = steps.collect();
    trials.push(Trial::test(name("every-step-in-order"), || client.run()?.steps_are(&STEPS)));
    trials.push(Trial::test(name("x-did-each-thing-once"), || ledger::each_thing_once(client.run()?)));
    if !credentials::direct() {
        let own = || ledger::nothing_of_the_client_reached_x(client.run()?);
        trials.push(Trial::test(name("nothing-of-the-client-reached-x"), own));
    }
    trials
}
