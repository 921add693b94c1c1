//! Secrets stand nowhere: not in what KV, D1 and objects have stored, not in a log, not in an answer.
//!
//! Runs after all other tests, over everything they have left.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use perch_e2e::{Ledger, Stack, hex};
use url::form_urlencoded;

/// Shorter ones would be found by chance.
const SHORTEST: usize = 16;

/// A place that is searched: its name and its bytes.
type Place = (String, Vec<u8>);

async fn no_secret_is_stored_logged_or_answered(stack: &Stack) {
    let mut places = stored_and_logged(stack.archive.folder());
    places.push(("the answers".to_owned(), stack.archive.answers()));
    remove_all_accounts(stack).await;
    remove_all_accounts(stack.direct()).await; // perch revokes the newest tokens, and so X gets to see them
    let secrets = known_secrets(stack).await;
    let bytes: usize = places.iter().map(|(_, bytes)| bytes.len()).sum();
    eprintln!("  {} secrets, {} places, {bytes} bytes", secrets.len(), places.len());
    assert_scan_is_sound(&secrets, &places);
    let found = scan(&places, &secrets);
    assert!(found.is_empty(), "found: {found:#?}");
}

async fn remove_all_accounts(stack: &Stack) {
    let admin = stack.admin();
    let list = admin.get("/v1/accounts").await.must(200).json();
    let accounts = list["data"].as_array().cloned().unwrap_or_default();
    assert!(!accounts.is_empty());
    for account in accounts.iter().filter_map(|account| account["id"].as_str()) {
        let _removed = admin.delete(&format!("/v1/accounts/{account}")).await.must(204);
    }
}

/// The same scan finds what was planted, in each form, at the end of each place; and the places are those that matter.
fn assert_scan_is_sound(secrets: &BTreeMap<String, Vec<u8>>, places: &[Place]) {
    for kind in
        ["an access token", "a refresh token", "a revoked token", "a verifier", "the key", "an OAuth 1.0a token secret"]
    {
        assert!(secrets.keys().any(|name| name.starts_with(kind)), "{kind} is searched for");
    }
    for part in ["/kv/", "/d1/", "/do/", "gateway.log", "the answers"] {
        let bytes: usize = places.iter().filter(|(name, _)| name.contains(part)).map(|(_, bytes)| bytes.len()).sum();
        assert!(bytes > 0, "{part} is searched");
    }
    let canary = "a canary+that/nobody=else 0123456789";
    let planted = BTreeMap::from([("canary".to_owned(), canary.as_bytes().to_vec())]);
    for form in forms(canary.as_bytes()) {
        let bytes = [b"before".as_slice(), &form, b"after"].concat();
        assert_eq!(scan(&[("a place".to_owned(), bytes)], &planted).len(), 1, "it is found in each form");
    }
    assert!(scan(&[("a place".to_owned(), b"nothing".to_vec())], &planted).is_empty());
}

/// Every file below the folder, but those that hold what the sandbox or the operator knows.
fn stored_and_logged(folder: &Path) -> Vec<Place> {
    let mut places = Vec::new();
    collect(folder, &mut places);
    places.retain(|(name, _)| !["sandbox.log", ".dev.vars", "/workerd-config"].iter().any(|own| name.ends_with(own)));
    places
}

fn collect(path: &Path, places: &mut Vec<Place>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder can be read").flatten() {
            collect(&entry.path(), places);
        }
    } else if let Ok(bytes) = std::fs::read(path) {
        places.push((path.display().to_string(), bytes));
    }
}

/// The settings' secrets, the keys, and every credential X has seen, each under a name that may be printed.
async fn known_secrets(stack: &Stack) -> BTreeMap<String, Vec<u8>> {
    let mut secrets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (name, secret) in [("the master key", &stack.secrets.master_key), ("the pepper", &stack.secrets.pepper)] {
        secrets.insert(name.to_owned(), STANDARD.decode(secret).expect("base64"));
    }
    secrets.insert("the client secret".to_owned(), b"perch-client-secret".to_vec());
    secrets.insert("the consumer secret".to_owned(), b"perch-consumer-secret".to_vec());
    let seen = seen_by_x(&stack.sandbox.ledger_since(0).await);
    for (name, secret) in stack.archive.secrets().into_iter().chain(seen) {
        secrets.insert(name, secret.into_bytes());
    }
    secrets.retain(|_, secret| secret.len() >= SHORTEST);
    secrets
}

/// Tokens, verifiers and codes, as they came to X.
fn seen_by_x(ledger: &Ledger) -> Vec<(String, String)> {
    let mut secrets = Vec::new();
    for seen in &ledger.requests {
        let authorization = seen.header("authorization").unwrap_or_default();
        if let Some(token) = authorization.strip_prefix("Bearer ") {
            secrets
                .push((format!("an access token of user {:?}, request {}", seen.user_id, seen.seq), token.to_owned()));
        }
        let form = seen.body.as_deref().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            let kind = match name.as_ref() {
                "refresh_token" => "a refresh token",
                "token" => "a revoked token",
                "code_verifier" => "a verifier",
                "code" => "a code",
                _ => continue,
            };
            secrets.push((format!("{kind}, request {}", seen.seq), value.into_owned()));
        }
    }
    // A token is used many times; one name is enough.
    secrets.sort_by(|one, other| one.1.cmp(&other.1));
    secrets.dedup_by(|one, other| one.1 == other.1);
    secrets
}

/// Which secrets stand where.
fn scan(places: &[Place], secrets: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, secret) in secrets {
        for form in forms(secret) {
            let finder = memchr::memmem::Finder::new(&form);
            let places = places.iter().filter(|(place, _)| !is_its_place(name, place));
            let hits = places.filter(|(_, bytes)| finder.find(bytes).is_some());
            found.extend(hits.map(|(place, _)| format!("{name} in {place}")));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// OAuth puts X's code into the address of the callback, and the local platform's own trace keeps addresses. The code has been
/// used by then. perch itself keeps it nowhere.
fn is_its_place(secret: &str, place: &str) -> bool {
    secret.starts_with("a code") && place.contains("/observability/")
}

/// What a secret may hide in: itself, base64, hexadecimal, percent-encoding.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut texts: Vec<String> =
        [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].iter().map(|engine| engine.encode(secret)).collect();
    let hex = hex(secret);
    texts.extend([hex.to_uppercase(), hex]);
    texts.push(percent_encode(secret, NON_ALPHANUMERIC).to_string());
    texts.push(form_urlencoded::byte_serialize(secret).collect());
    let mut forms: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    forms.push(secret.to_vec());
    forms.sort();
    forms.dedup();
    forms
}

async fn x_never_saw_what_is_perch_s_own(stack: &Stack) {
    let ledger = stack.sandbox.ledger_since(0).await;
    assert_eq!(ledger.dropped_requests, 0, "the ledger is whole");
    // `cf-worker` is the platform's: it marks every request a Worker makes, and a Worker cannot take it away.
    let allowed = [
        "accept",
        "accept-encoding",
        "authorization",
        "cf-worker",
        "connection",
        "content-length",
        "content-type",
        "host",
        "traceparent",
        "transfer-encoding",
        "user-agent",
    ];
    let from_perch = ledger.requests.iter().filter(|seen| seen.path != "/i/oauth2/authorize");
    for seen in from_perch {
        assert_eq!(Some(seen.host.as_str()), stack.sandbox.base().strip_prefix("http://"), "{}", seen.path);
        assert!(!seen.foreign, "{} {} came to the trap", seen.method, seen.path);
        for (name, value) in &seen.headers {
            let name = name.to_lowercase();
            assert!(allowed.contains(&name.as_str()), "{} {} carried {name}", seen.method, seen.path);
            assert!(!value.contains("perch_test_"), "{} {} carried a key in {name}", seen.method, seen.path);
        }
        assert!(!seen.body.as_deref().unwrap_or_default().contains("perch_test_"));
    }
}

crate::trials!(x_never_saw_what_is_perch_s_own, no_secret_is_stored_logged_or_answered);
