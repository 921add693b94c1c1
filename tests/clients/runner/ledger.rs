//! What X saw and did while a client's program ran.

use std::collections::BTreeMap;

use libtest_mimic::Failed;
use perch_e2e::Seen;
use serde_json::Value;

use crate::program::Run;

/// What the steps of a program do at X, in all. Tweets: one, a reply, five for the timeline, one with media, a signed one.
const EFFECTS: [(&str, usize); 10] = [
    ("bookmark.create", 1),
    ("bookmark.delete", 1),
    ("like.create", 1),
    ("like.delete", 1),
    ("media.create", 1),
    ("media.metadata", 1),
    ("retweet.create", 1),
    ("retweet.delete", 1),
    ("tweet.create", 9),
    ("tweet.delete", 2),
];

/// What X may see in the head of a request. `cf-worker` is the platform's own mark, `traceparent` is perch's.
const HEADERS: [&str; 11] = [
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

/// Every effect is there as often as a step meant it, and no tweet was sent twice.
pub(crate) fn each_thing_once(run: &Run) -> Result<(), Failed> {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let of_user = |user: &Option<String>| user.as_deref() == Some(run.credentials.user_id.as_str());
    for effect in run.ledger.effects.iter().filter(|effect| of_user(&effect.user_id)) {
        *found.entry(&effect.kind).or_default() += 1;
    }
    found.retain(|kind, _| !kind.starts_with("token."));
    if found != BTreeMap::from(EFFECTS) {
        return Err(format!("X did {found:?}").into());
    }
    let mut texts: Vec<String> = run.ledger.requests_to("POST", "/2/tweets").map(text).collect();
    let sent = texts.len();
    texts.sort();
    texts.dedup();
    // Beside the nine, the step `invalid` sends one that X refuses.
    if (sent, texts.len()) == (10, 10) {
        return Ok(());
    }
    Err(format!("{sent} tweets were sent, with {} texts", texts.len()).into())
}

/// No credential of the client, no header that is not allowed, and no call with a wrong key came to X.
pub(crate) fn nothing_of_the_client_reached_x(run: &Run) -> Result<(), Failed> {
    if run.ledger.requests.is_empty() || run.ledger.dropped_requests > 0 {
        return Err("the ledger is not whole".into());
    }
    let complaints: Vec<String> = run.ledger.requests.iter().filter_map(|seen| complaint(run, seen)).collect();
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

fn complaint(run: &Run, seen: &Seen) -> Option<String> {
    let whole = format!("{} {} {:?} {:?}", seen.path, seen.query, seen.headers, seen.body);
    let secrets = run.credentials.of_the_client();
    let secret = secrets.iter().find(|(_, secret)| whole.contains(secret)).map(|(name, _)| *name);
    let header = seen.headers.iter().map(|(name, _)| name.as_str()).find(|name| !allowed(name));
    let unknown = (seen.status == Some(401)).then_some("a credential X does not know");
    let what = secret.or(header).or(unknown)?;
    Some(format!("{} {} carried {what}", seen.method, seen.path))
}

fn allowed(header: &str) -> bool {
    HEADERS.contains(&header.to_lowercase().as_str())
}

fn text(seen: &Seen) -> String {
    let body: Value = serde_json::from_str(seen.body.as_deref().unwrap_or_default()).unwrap_or_default();
    body["text"].as_str().unwrap_or_default().to_owned()
}
