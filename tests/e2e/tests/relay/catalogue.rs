//! Every operation of X, called once: X gets what the client sent, and the client what X answered.

use perch::x::oauth2::SCOPES;
use perch_e2e::{Answer, Client, Ledger, Seen, Stack, sha256};
use perch_sandbox::operations::{self, Operation};
use serde_json::{Value, json};

/// A query in which escapes and plus signs must stay as they are.
const QUERY: &str = "a=b%2Fc&d=e+f";

/// Clients with accounts of both kinds: X takes one or the other, or the app.
struct Clients {
    oauth2: Client,
    oauth1: Client,
    scopes: Vec<String>,
}

async fn clients(stack: &Stack) -> Clients {
    // What belongs to the app takes a key for all accounts.
    let (key, _) = stack.key(json!({"accounts": "all"})).await;
    let client = stack.anonymous().with_key(&key);
    let (_, username) = stack.new_user();
    let account = stack.connect_with(&client, &username, &json!({"scopes": SCOPES})).await;
    let granted = client.get(&format!("/v1/accounts/{account}")).await.must(200).json();
    let granted = granted["data"]["scopes"].as_array().cloned().unwrap_or_default();
    let (signer, _) = stack.new_user();
    let tokens = json!({
        "oauth_token": format!("{signer}-oauth1"),
        "oauth_token_secret": format!("{signer}-oauth1-secret"),
    });
    let added = client.post("/v1/accounts", &tokens).await.must(201);
    Clients {
        oauth1: client.clone().acting_for(&added.text("/data/id")),
        oauth2: client.acting_for(&account),
        scopes: granted.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect(),
    }
}

impl Clients {
    /// Whose call X may take, by which credential, and what it should answer.
    fn for_operation(&self, operation: &Operation) -> (&Client, Option<&'static str>, u16) {
        let (kinds, success) = (operation.credentials(), operation.status.as_u16());
        let granted = operation.scopes.iter().all(|scope| self.scopes.iter().any(|granted| granted == scope));
        if kinds.contains(&"oauth2_user") {
            return (&self.oauth2, Some("oauth2_user"), if granted { success } else { 403 });
        }
        let of_a_user = kinds.contains(&"oauth1_user");
        let credential = if of_a_user { "oauth1_user" } else { "app_bearer" };
        (&self.oauth1, Some(credential).filter(|credential| kinds.contains(credential)), success)
    }
}

/// The operation's path with values for its parameters.
fn sample(operation: &Operation) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "12345" } else { segment }.to_owned();
    operation.path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

async fn every_operation_is_carried_as_it_was_sent(stack: &Stack) {
    let stack = stack.direct();
    stack.sandbox.rules(json!({"enforce_rate_limits": false})).await;
    let clients = clients(stack).await;
    let mut refused = Vec::new();
    for operation in operations::all() {
        let (client, credential, status) = clients.for_operation(operation);
        let (path, mark) = (sample(operation), stack.sandbox.mark().await);
        let body = matches!(operation.method.as_str(), "POST" | "PUT").then(|| json!({"sample": operation.path}));
        let answer = call(client, operation, &path, body.as_ref()).await;
        let ledger = stack.sandbox.ledger_since(mark).await;
        let seen = seen_at(&ledger, operation, &path);
        let sent = body.map(|body| body.to_string()).unwrap_or_default();
        assert_eq!(seen.query, QUERY, "{path}");
        assert_eq!(seen.body_sha256.as_deref(), Some(sha256(sent.as_bytes()).as_str()), "{path}");
        let status = if operation.is_emulated() { seen.status } else { Some(status) };
        assert_eq!((Some(answer.status.as_u16()), seen.status), (status, status), "{} {path}", operation.method);
        assert_eq!(seen.credential.as_deref(), credential, "{path}");
        if status == Some(403) && !operation.is_emulated() {
            refused.push(operation.path);
        }
        if !operation.is_emulated() && !operation.streams && answer.status.is_success() {
            assert_eq!(answer.json()["data"]["echo"], echo(operation, &path, &sent));
        }
    }
    super::streams::all_gone(stack).await;
    stack.calm().await;
    stack.sandbox.rules(json!({})).await;
    eprintln!("  {} operations", operations::all().len());
    assert_eq!(refused, ["/2/account"; 2], "X grants nobody the scopes developer.*, and all others are granted");
}

/// Calls it; of a stream, no more than its head is waited for.
async fn call(client: &Client, operation: &Operation, path: &str, body: Option<&Value>) -> Answer {
    let mut call = client.call(operation.method.clone(), &format!("{path}?{QUERY}"));
    if let Some(body) = body {
        call = call.json(body);
    }
    if !operation.streams {
        return call.send().await;
    }
    let response = call.open().await.expect("a stream begins");
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        body: Vec::new(),
        question: format!("GET {path}"),
    }
}

#[track_caller]
fn seen_at<'a>(ledger: &'a Ledger, operation: &Operation, path: &str) -> &'a Seen {
    let is_it = |seen: &&Seen| seen.method == operation.method.as_str() && seen.path == path;
    let found: Vec<&Seen> = ledger.requests.iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "{} {path} came to X once", operation.method);
    found[0]
}

/// What X answers where it has no state.
fn echo(operation: &Operation, path: &str, body: &str) -> Value {
    json!({
        "method": operation.method.as_str(),
        "path": path,
        "query": {"a": "b/c", "d": "e f"},
        "body_bytes": body.len(),
        "body_sha256": sha256(body.as_bytes()),
    })
}

crate::trials!(every_operation_is_carried_as_it_was_sent);
