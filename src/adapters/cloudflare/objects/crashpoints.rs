//! The crash points of every account's object, two for each command: `account.commit.received` before it is stepped, and
//! `account.commit.stored` when what it changed is stored and nothing is answered. Their subject is the object's name.
//!
//! The platform lets no request leave an object before what was stored is durable, so whoever is held at `stored` has stored.

use std::sync::OnceLock;

use url::Url;
use worker::State;

use crate::{adapters::cloudflare::upstream::Fetch, crashpoints, domain::machine::Object};

/// Where the sandbox is. An object has no settings of its own; the Worker of the same isolate has been asked before it.
static SANDBOX: OnceLock<Url> = OnceLock::new();

/// Tells where the sandbox is.
pub(in crate::adapters::cloudflare) fn told(x: &Url) {
    let _known = SANDBOX.get_or_init(|| x.clone());
}

/// Stops at `moment` of the command whose JSON is `command`.
pub(super) async fn pass(object: Object, state: &State, command: &[u8], moment: &str) {
    let (Object::Account, Some(sandbox), Some(name)) = (object, SANDBOX.get(), state.id().name()) else {
        return;
    };
    let point = format!("account.{}.{moment}", variant(command).unwrap_or_default());
    crashpoints::pass(&Fetch, sandbox, &point, &name).await;
}

/// The name of an enum's variant in serde's JSON, in lower case with hyphens: `refresh-failed`. Of a command about a write, what is
/// asked about it: `begin`.
fn variant(command: &[u8]) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(command).ok()?;
    let json = json.get("Write").unwrap_or(&json);
    let name = json.as_str().or_else(|| json.as_object()?.keys().next().map(String::as_str))?;
    let hyphened = name.char_indices().flat_map(|(at, letter)| {
        let hyphen = (at > 0 && letter.is_ascii_uppercase()).then_some('-');
        hyphen.into_iter().chain([letter.to_ascii_lowercase()])
    });
    Some(hyphened.collect())
}
