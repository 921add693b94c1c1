//! API keys: what they may do and how much, and how soon they end.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use perch_e2e::Stack;
use serde_json::json;

async fn of_a_thousand_calls_on_a_limit_of_a_hundred_a_hundred_pass(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let sent = app.client.post("/v1/tweets", &json!({"text": "read by a hundred"})).await.must(201);
    let path = format!("/v1/tweets/{}", sent.text("/data/id"));
    let (key, _) = stack.key(json!({"accounts": [app.account], "quota": {"per_minute": 100}})).await;
    let client = stack.anonymous().with_key(&key).acting_for(&app.account);
    let mark = stack.sandbox.mark().await;
    let started = Instant::now();
    let answers = join_all((0..1000).map(|_| client.get(&path))).await;
    assert!(started.elapsed() < Duration::from_mins(1), "the calls fall into one window");
    let (passed, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((passed.len(), refused.len()), (100, 900));
    for answer in passed.iter().chain(&refused) {
        assert_eq!(answer.header("ratelimit-policy"), Some("\"minute\";q=100;w=60"));
        assert!(answer.header("ratelimit").is_some_and(|header| header.starts_with("\"minute\";r=")));
    }
    for answer in refused {
        let _problem = answer.must_be_problem(429, "key-rate-limited");
    }
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests.len(), 100, "X saw what passed");
}

async fn a_revoked_key_stops_within_a_second_while_calls_flow(stack: &Stack) {
    let (key, kid) = stack.key(json!({})).await;
    let client = stack.anonymous().with_key(&key);
    let flow = async {
        let (mut last_good, end) = (None, Instant::now() + Duration::from_secs(4));
        let mut refused = 0_u32;
        while Instant::now() < end {
            let asked = Instant::now();
            let answer = client.get("/v1/accounts").await;
            match answer.status.as_u16() {
                200 => last_good = Some(asked),
                401 => refused += 1,
                _ => drop(answer.must(200)),
            }
        }
        (last_good, refused)
    };
    let revoke = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let _revoked = stack.admin().delete(&format!("/v1/keys/{kid}")).await.must(204);
        Instant::now()
    };
    let (flows, revoked) = tokio::join!(join_all([flow]), revoke);
    for (last_good, refused) in flows {
        let last_good = last_good.expect("the key worked before");
        let late = last_good.saturating_duration_since(revoked);
        assert!(late < Duration::from_secs(1), "it worked for {late:?} after it was revoked");
        assert!(refused > 0, "it was refused afterwards");
    }
    let _problem = client.get("/v1/accounts").await.must_be_problem(401, "invalid-key");
}

async fn a_rotated_key_hands_over(stack: &Stack) {
    let (key, kid) = stack.key(json!({})).await;
    let old = stack.anonymous().with_key(&key);
    let (new, _) = stack.rotated_key(&kid, &json!({"overlap_s": 3})).await;
    let new = stack.anonymous().with_key(&new);
    let _both = old.get("/v1/accounts").await.must(200);
    let _both = new.get("/v1/accounts").await.must(200);
    tokio::time::sleep(Duration::from_millis(4100)).await;
    let _ended = old.get("/v1/accounts").await.must_be_problem(401, "invalid-key");
    let _works = new.get("/v1/accounts").await.must(200);
}

async fn a_made_up_key_is_refused(stack: &Stack) {
    let (key, kid) = stack.key(json!({})).await;
    let mut broken = key.clone();
    let last = broken.pop();
    broken.push(if last == Some('a') { 'b' } else { 'a' });
    for made_up in [broken.as_str(), "perch_live_x", "nonsense", ""] {
        let client = stack.anonymous().with("x-api-key", made_up);
        let answer = client.get("/v1/accounts").await.must(401);
        assert!(["invalid-key", "missing-key"].contains(&answer.code().as_str()));
    }
    let listed = stack.admin().get(&format!("/v1/keys/{kid}")).await.must(200);
    assert!(!String::from_utf8_lossy(&listed.body).contains(&key[20..]), "a key is shown once");
    let plain = stack.anonymous().with_key(&key);
    let _refused = plain.get("/v1/keys").await.must_be_problem(403, "missing-scope");
    let _refused = plain.get("/health?api_key=perch_live_x").await.must_be_problem(400, "key-in-url");
}

crate::trials!(
    of_a_thousand_calls_on_a_limit_of_a_hundred_a_hundred_pass,
    a_revoked_key_stops_within_a_second_while_calls_flow,
    a_rotated_key_hands_over,
    a_made_up_key_is_refused,
);
