//! X misbehaves: what may be repeated is repeated, what may not is not, and each refusal keeps its meaning.

use perch_e2e::{Answer, Client, Stack};
use serde_json::{Value, json};

async fn a_tweet_whose_answer_is_lost_is_never_sent_twice(stack: &Stack) {
    let app = stack.app(json!({})).await;
    for (number, kind) in ["commit_then_die", "cut_body", "reset"].into_iter().enumerate() {
        stack.sandbox.fault("POST", "/2/tweets", Some(1), json!({"kind": kind})).await;
        let mark = stack.sandbox.mark().await;
        let lost = app.client.post("/v1/tweets", &json!({"text": format!("lost {number}")})).await;
        let operation = open_operation(&app.client, &lost.must(202)).await;
        assert_eq!((&operation["state"], &operation["attempts"]), (&json!("unknown"), &json!(1)), "{kind}");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let ledger = stack.sandbox.ledger_since(mark).await;
        let committed = usize::from(kind != "reset");
        assert_eq!(ledger.effects_of("tweet.create", &app.user).count(), committed, "{kind}");
        assert_eq!(ledger.requests_to("POST", "/2/tweets").count(), 1, "{kind}");
    }
    stack.calm().await;
}

async fn a_tweet_that_x_failed_on_is_not_repeated(stack: &Stack) {
    let app = stack.app(json!({})).await;
    stack.sandbox.fault("POST", "/2/tweets", None, json!({"kind": "vector", "name": "service-unavailable-post"})).await;
    let mark = stack.sandbox.mark().await;
    let failed = app.client.post("/v1/tweets", &json!({"text": "is it there?"})).await;
    let operation = open_operation(&app.client, &failed.must(202)).await;
    assert_eq!((&operation["state"], &operation["attempts"]), (&json!("unknown"), &json!(1)));
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests_to("POST", "/2/tweets").count(), 1);
    stack.calm().await;
}

async fn a_read_is_repeated_twice_at_most(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let sent = app.client.post("/v1/tweets", &json!({"text": "read again"})).await.must(201);
    let (path, fault) =
        (format!("/v1/tweets/{}", sent.text("/data/id")), json!({"kind": "vector", "name": "service-unavailable"}));
    stack.sandbox.fault("GET", "/2/tweets/{id}", Some(2), fault.clone()).await;
    let mark = stack.sandbox.mark().await;
    let _read = app.client.get(&path).await.must(200);
    let ledger = stack.sandbox.ledger_since(mark).await;
    let statuses: Vec<_> = ledger.requests.iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [Some(503), Some(503), Some(200)]);
    stack.sandbox.fault("GET", "/2/tweets/{id}", None, fault).await;
    let mark = stack.sandbox.mark().await;
    let _failed = app.client.get(&path).await.must_be_problem(502, "x-unavailable");
    assert_eq!(stack.sandbox.ledger_since(mark).await.requests.len(), 3);
    stack.calm().await;
}

async fn a_like_is_repeated_when_its_answer_is_lost(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let tweet = app.client.post("/v1/tweets", &json!({"text": "liked once"})).await.must(201).text("/data/id");
    stack.sandbox.fault("POST", "/2/users/{id}/likes", Some(1), json!({"kind": "commit_then_die"})).await;
    let mark = stack.sandbox.mark().await;
    let _liked = app.client.put(&format!("/v1/tweets/{tweet}/like")).await.must(200);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("like.create", &app.user).count(), 1);
    assert_eq!(ledger.requests.len(), 2);
    stack.calm().await;
}

/// What X may answer to a tweet, and how that is told: the vector or fault, the status, the code.
const REFUSALS: [(&str, u16, &str); 12] = [
    ("credits-depleted", 402, "credits-depleted"),
    ("payment-required-empty", 402, "credits-depleted"),
    ("spend-cap-reached", 402, "spend-cap-reached"),
    ("usage-capped-monthly", 402, "usage-cap-reached"),
    ("duplicate", 409, "duplicate-tweet"),
    ("reply-not-summoned", 403, "reply-not-allowed"),
    ("quote-not-allowed", 403, "quote-not-allowed"),
    ("v1-64", 403, "account-restricted"),
    ("oauth1-permissions", 403, "x-permission"),
    ("client-not-enrolled", 502, "x-misconfigured"),
    ("edge-challenge", 503, "x-edge-blocked"),
    ("html_403", 503, "x-edge-blocked"),
];

async fn each_refusal_of_x_has_its_own_code_and_none_touches_the_token(stack: &Stack) {
    for (name, status, code) in REFUSALS {
        // Some of these pause the account: each has one of its own.
        let app = stack.app(json!({})).await;
        let account = format!("/v1/accounts/{}", app.account);
        let before = generation(&app.client.get(&account).await.must(200).json());
        let fault = match name {
            "html_403" => json!({"kind": "html_403"}),
            name => json!({"kind": "vector", "name": name}),
        };
        stack.sandbox.fault("POST", "/2/tweets", Some(1), fault).await;
        let mark = stack.sandbox.mark().await;
        let refused = app.client.post("/v1/tweets", &json!({"text": format!("refused with {name}")})).await;
        assert_eq!(refused.code(), code, "{name}");
        let problem = refused.must_be_problem(status, code).json();
        assert!(problem["upstream"]["status"].is_u64(), "{name} names what X said: {problem}");
        let ledger = stack.sandbox.ledger_since(mark).await;
        assert_eq!(ledger.requests.len(), 1, "{name} is asked once, and no token is renewed for it");
        stack.sandbox.clear_faults().await;
        let after = app.client.get(&account).await.must(200).json();
        assert_eq!(after["data"]["health"]["token_state"], "fresh", "{name}");
        assert_eq!(generation(&after), before, "{name}");
    }
    stack.calm().await;
}

async fn a_window_of_x_that_is_used_up_is_not_knocked_at(stack: &Stack) {
    let app = stack.app(json!({})).await;
    stack.sandbox.fault("POST", "/2/tweets", Some(1), json!({"kind": "vector", "name": "too-many-requests"})).await;
    let limited = app.client.post("/v1/tweets", &json!({"text": "too much"})).await;
    let _problem = limited.must_be_problem(429, "x-rate-limited");
    let mark = stack.sandbox.mark().await;
    let limited = app.client.post("/v1/tweets", &json!({"text": "too much"})).await;
    let _problem = limited.must_be_problem(429, "x-rate-limited");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty(), "X is not asked before the reset");
    stack.calm().await;
}

/// The operation that an answer 202 names, which can be asked for, and stands in the account's list.
async fn open_operation(client: &Client, answer: &Answer) -> Value {
    let url = answer.text("/operation/url");
    assert_eq!(answer.header("location"), Some(url.as_str()));
    assert!(answer.header("retry-after").is_some(), "it says when to ask");
    assert!(answer.json()["data"].is_null(), "nothing in it can be taken for X's");
    let path = url.find("/v1/").and_then(|at| url.get(at..)).expect("an address of ours");
    let operation = client.get(path).await.must(200).json()["data"].clone();
    let account = operation["account_id"].as_str().expect("whose it is");
    let listed = client.get(&format!("/v1/accounts/{account}/operations")).await.must(200).json();
    assert_eq!(listed["data"][0]["id"], operation["id"]);
    operation
}

fn generation(account: &Value) -> Option<u64> {
    account["data"]["health"]["generation"].as_u64()
}

crate::trials!(
    a_tweet_whose_answer_is_lost_is_never_sent_twice,
    a_tweet_that_x_failed_on_is_not_repeated,
    a_read_is_repeated_twice_at_most,
    a_like_is_repeated_when_its_answer_is_lost,
    each_refusal_of_x_has_its_own_code_and_none_touches_the_token,
    a_window_of_x_that_is_used_up_is_not_knocked_at,
);
