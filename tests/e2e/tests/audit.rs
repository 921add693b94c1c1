//! The audit trail: what was done stands there, without a text and without a secret.

use std::time::{Duration, Instant};

use perch_e2e::{Client, Stack, sha256};
use serde_json::{Value, json};

async fn what_was_done_is_in_the_audit_trail(stack: &Stack) {
    let text = "a text that is nobody else's";
    let app = stack.app(json!({})).await;
    let sent = app.client.post("/v1/tweets", &json!({"text": text})).await.must(201);
    let tweet = sent.text("/data/id");
    let liked = app.client.put(&format!("/v1/tweets/{tweet}/like")).await.must(200);
    let twice = app.client.post("/v1/tweets", &json!({"text": text})).await.must_be_problem(409, "duplicate-tweet");

    let admin = stack.admin();
    let mine = |action: &str| format!("/v1/audit?account={}&action={action}", app.account);
    let tweets = rows(&admin, &mine("tweet.create"), 2).await;
    let row = by_request(&tweets, sent.header("x-request-id"));
    assert_eq!(row["outcome"], "ok");
    assert_eq!(row["key_id"], *app.kid);
    assert_eq!(row["target"], *tweet);
    assert_eq!(row["text_sha256"], sha256(text.as_bytes()));
    assert_eq!(by_request(&tweets, twice.header("x-request-id"))["outcome"], "duplicate-tweet");
    let engagements = rows(&admin, &mine("like.create"), 1).await;
    assert_eq!(by_request(&engagements, liked.header("x-request-id"))["target"], *tweet);
    let _connected = rows(&admin, &mine("connect.finish"), 1).await;
    let keys = rows(&admin, "/v1/audit?action=key.create&limit=200", 1).await;
    assert!(keys.iter().any(|row| row["target"] == *app.kid));
    let everything = serde_json::to_string(&[tweets, engagements, keys]).expect("JSON");
    assert!(!everything.contains(text), "the trail holds no text");
}

async fn a_key_sees_its_own_trail_page_by_page(stack: &Stack) {
    let app = stack.app(json!({})).await;
    for number in 0..5 {
        let _sent = app.client.post("/v1/tweets", &json!({"text": format!("page {number}")})).await.must(201);
    }
    let all = rows(&app.client, "/v1/audit?action=tweet.create", 5).await;
    assert!(all.iter().all(|row| row["key_id"] == *app.kid), "only its own");
    let (mut seen, mut path) = (Vec::new(), "/v1/audit?action=tweet.create&limit=2".to_owned());
    loop {
        let page = app.client.get(&path).await.must(200).json();
        seen.extend(page["data"].as_array().cloned().unwrap_or_default());
        match page["meta"]["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/audit?action=tweet.create&limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, all, "the pages together are the whole");
}

/// The rows at `path`, once there are as many as expected: they come through a queue.
async fn rows(client: &Client, path: &str, expected: usize) -> Vec<Value> {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let page = client.get(path).await.must(200).json();
        let rows = page["data"].as_array().cloned().unwrap_or_default();
        if rows.len() >= expected {
            return rows;
        }
        assert!(Instant::now() < end, "{path} has {} rows, not {expected}", rows.len());
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

fn by_request<'a>(rows: &'a [Value], request: Option<&str>) -> &'a Value {
    let row = rows.iter().find(|row| row["correlation_id"].as_str() == request);
    row.expect("a row of this request")
}

crate::trials!(what_was_done_is_in_the_audit_trail, a_key_sees_its_own_trail_page_by_page);
