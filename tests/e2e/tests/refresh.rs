//! Tokens that X no longer takes: refreshed once, whoever asks and however many.

use futures_util::future::join_all;
use perch_e2e::Stack;
use serde_json::json;

async fn two_hundred_calls_at_expiry_refresh_once_and_none_fails(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let sent = app.client.post("/v1/tweets", &json!({"text": "read by many"})).await.must(201);
    let path = format!("/v1/tweets/{}", sent.text("/data/id"));
    stack.sandbox.expire_tokens(&app.user).await;
    let mark = stack.sandbox.mark().await;
    let answers = join_all((0..200).map(|_| app.client.get(&path))).await;
    let failed: Vec<_> = answers.iter().filter(|answer| answer.status != 200).map(perch_e2e::Answer::code).collect();
    assert!(failed.is_empty(), "{} failed: {failed:?}", failed.len());
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("token.refresh", &app.user).count(), 1);
    assert_eq!(ledger.effects_of("token.replay", &app.user).count(), 0);
    assert_eq!(ledger.requests_to("POST", "/2/oauth2/token").count(), 1);
    assert!(ledger.requests.iter().any(|seen| seen.status == Some(401)), "X had forgotten the token");
}

async fn a_tweet_refused_for_its_token_is_sent_once_with_the_next(stack: &Stack) {
    let app = stack.app(json!({})).await;
    stack.sandbox.expire_tokens(&app.user).await;
    let mark = stack.sandbox.mark().await;
    let _sent = app.client.post("/v1/tweets", &json!({"text": "after a refresh"})).await.must(201);
    let ledger = stack.sandbox.ledger_since(mark).await;
    let statuses: Vec<_> = ledger.requests_to("POST", "/2/tweets").map(|seen| seen.status).collect();
    assert_eq!(statuses, [Some(401), Some(201)]);
    assert_eq!(ledger.effects_of("token.refresh", &app.user).count(), 1);
    assert_eq!(ledger.effects_of("tweet.create", &app.user).count(), 1);
}

async fn an_operator_renews_a_token_by_hand(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let path = format!("/v1/accounts/{}/refresh", app.account);
    let renewed = app.client.call(reqwest::Method::POST, &path).send().await.must(200).json();
    assert_eq!(renewed["data"]["health"]["token_state"], "fresh");
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("token.refresh", &app.user).count(), 1);
    let _works = app.client.post("/v1/tweets", &json!({"text": "renewed"})).await.must(201);
}

async fn a_dead_grant_asks_for_its_owner(stack: &Stack) {
    let app = stack.app(json!({})).await;
    stack
        .sandbox
        .fault("POST", "/2/oauth2/token", Some(1), json!({"kind": "vector", "name": "oauth-refresh-spent"}))
        .await;
    stack.sandbox.expire_tokens(&app.user).await;
    let body = json!({"text": "too late"});
    let refused = app.client.post("/v1/tweets", &body).await;
    let _problem = refused.must_be_problem(409, "account-needs-reconnect");
    let mark = stack.sandbox.mark().await;
    let refused = app.client.post("/v1/tweets", &body).await;
    let _problem = refused.must_be_problem(409, "account-needs-reconnect");
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests_to("POST", "/2/oauth2/token").count(), 0, "a dead grant is not asked for again");
    let account = stack.connect(&app.client, &app.username).await;
    assert_eq!(account, app.account, "connected anew, it is the same account");
    let _works = app.client.post("/v1/tweets", &body).await.must(201);
    stack.calm().await;
}

crate::trials!(
    two_hundred_calls_at_expiry_refresh_once_and_none_fails,
    a_tweet_refused_for_its_token_is_sent_once_with_the_next,
    an_operator_renews_a_token_by_hand,
    a_dead_grant_asks_for_its_owner,
);
