//! One call of each kind: read, creation, deletion, change; with each kind of credential.

use perch_e2e::{Ledger, Seen, Stack};
use reqwest::Method;
use serde_json::json;

/// The only request of `method` to `path`.
#[track_caller]
fn only<'a>(ledger: &'a Ledger, method: &'a str, path: &'a str) -> &'a Seen {
    let found: Vec<&Seen> = ledger.requests_to(method, path).collect();
    assert_eq!(found.len(), 1, "{method} {path} came to X once");
    found[0]
}

async fn a_tweet_lives_and_dies_through_x_s_own_paths(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let created = app.client.post("/2/tweets", &json!({"text": "by way of the relay"})).await.must(201);
    let (id, user) = (created.text("/data/id"), &app.user);
    let path = format!("/2/tweets/{id}");
    let read = app.client.get(&format!("{path}?tweet.fields=author_id%2Ccreated_at")).await.must(200);
    assert_eq!((read.text("/data/text").as_str(), read.text("/data/author_id")), ("by way of the relay", user.clone()));
    assert!(read.header("x-rate-limit-remaining").is_some() && read.header("x-transaction-id").is_some());
    let like = json!({"tweet_id": id});
    assert_eq!(app.client.post(&format!("/2/users/{user}/likes"), &like).await.must(200).json()["data"]["liked"], true);
    let reply = json!({"text": "an answer", "reply": {"in_reply_to_tweet_id": id}});
    let reply = app.client.post("/2/tweets", &reply).await.must(201).text("/data/id");
    let hidden = app.client.call(Method::PUT, &format!("/2/tweets/{reply}/hidden")).json(&json!({"hidden": true}));
    assert_eq!(hidden.send().await.must(200).json()["data"]["hidden"], true);
    assert_eq!(app.client.delete(&path).await.must(200).json()["data"]["deleted"], true);
    let ledger = stack.sandbox.ledger_since(mark).await;
    for (kind, count) in [("tweet.create", 2), ("like.create", 1), ("reply.hide", 1), ("tweet.delete", 1)] {
        assert_eq!(ledger.effects_of(kind, user).count(), count, "{kind}");
    }
    assert_eq!(only(&ledger, "GET", &path).query, "tweet.fields=author_id%2Ccreated_at", "as it was written");
    assert_eq!(ledger.requests.len(), 6);
    assert!(ledger.requests.iter().all(|seen| seen.credential.as_deref() == Some("oauth2_user")));
}

async fn the_app_s_own_token_is_used_where_x_takes_no_other_and_where_it_is_asked_for(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let _counted = app.client.get("/2/tweets/search/stream/rules/counts").await.must(200); // the bearer is fetched once
    let mark = stack.sandbox.mark().await;
    let _found = app.client.get("/2/tweets/search/stream/rules").await.must(200);
    let as_app = app.client.clone().acting_for("app");
    let _user = as_app.get(&format!("/2/users/{}", app.user)).await.must(200);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests.len(), 2);
    assert!(ledger.requests.iter().all(|seen| seen.credential.as_deref() == Some("app_bearer")));
    let refused = as_app.post("/2/tweets", &json!({"text": "nobody's"})).await;
    let _problem = refused.must_be_problem(400, "invalid-request");
}

async fn an_account_with_oauth1_tokens_signs_whatever_x_lets_it(stack: &Stack) {
    let stack = stack.direct();
    let (key, _) = stack.key(json!({})).await;
    let client = stack.anonymous().with_key(&key);
    let (user, _) = stack.new_user();
    let tokens =
        json!({"oauth_token": format!("{user}-oauth1"), "oauth_token_secret": format!("{user}-oauth1-secret")});
    let added = client.post("/v1/accounts", &tokens).await.must(201);
    let signing = client.acting_for(&added.text("/data/id"));
    let mark = stack.sandbox.mark().await;
    let text = "signed: a b+c%20d&e=ü";
    let created = signing.post("/2/tweets", &json!({"text": text})).await.must(201);
    let read = signing.get(&format!("/2/tweets?ids={}&tweet.fields=author_id%2Ctext", created.text("/data/id"))).await;
    assert_eq!(read.must(200).text("/data/0/text"), text.replace('&', "&amp;"), "as X shows it");
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("tweet.create", &user).count(), 1);
    assert_eq!(ledger.requests.len(), 2);
    assert!(ledger.requests.iter().all(|seen| seen.credential.as_deref() == Some("oauth1_user")));
    let bookmark = signing.post(&format!("/2/users/{user}/bookmarks"), &json!({"tweet_id": "1"})).await;
    let _problem = bookmark.must_be_problem(400, "invalid-request");
}

async fn a_path_that_x_does_not_have_is_not_asked_for(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    for path in ["/2/tomorrow", "/2/tweets/1/2/3", "/2/", "/2", "/2/oauth2/revoke", "/2/oauth2/authorize"] {
        let _problem = app.client.get(path).await.must_be_problem(404, "route-not-found");
    }
    let refused = app.client.put("/2/tweets").await.must_be_problem(405, "method-not-allowed");
    assert_eq!(refused.text("/title"), "The path does not take this method");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn a_rejected_token_is_renewed_behind_the_call(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    stack.sandbox.expire_tokens(&app.user).await;
    let mark = stack.sandbox.mark().await;
    let _created = app.client.post("/2/tweets", &json!({"text": "with the next token"})).await.must(201);
    let ledger = stack.sandbox.ledger_since(mark).await;
    let tries: Vec<_> = ledger.requests_to("POST", "/2/tweets").map(|seen| (seen.status, &seen.body_sha256)).collect();
    assert_eq!(tries.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [Some(401), Some(201)]);
    assert_eq!(tries[0].1, tries[1].1, "the same body");
    assert_eq!(ledger.effects_of("token.refresh", &app.user).count(), 1);
    assert_eq!(ledger.effects_of("tweet.create", &app.user).count(), 1);
}

crate::trials!(
    a_tweet_lives_and_dies_through_x_s_own_paths,
    the_app_s_own_token_is_used_where_x_takes_no_other_and_where_it_is_asked_for,
    an_account_with_oauth1_tokens_signs_whatever_x_lets_it,
    a_path_that_x_does_not_have_is_not_asked_for,
    a_rejected_token_is_renewed_behind_the_call,
);
