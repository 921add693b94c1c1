//! Handing out X's tokens to those who must talk to X themselves.

use perch_e2e::{Answer, Stack};
use reqwest::Method;
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

async fn ask(stack: &Stack, content_type: &'static str, body: String) -> Answer {
    let call = stack.anonymous().call(Method::POST, "/2/oauth2/token");
    call.header("content-type", content_type).change(|request| request.body(body)).confidential().send().await
}

async fn a_handle_gives_the_account_s_token_and_perch_alone_refreshes(stack: &Stack) {
    let app = stack.app(json!({"scopes": ["tokens:vend", "tweets:read", "accounts:write", "accounts:read"]})).await;
    let path = format!("/v1/keys/{}/refresh-handle", app.kid);
    let issue = stack.admin().call(Method::POST, &path).json(&json!({"account_id": app.account}));
    let issued = issue.confidential().send().await.must(201);
    let handle = issued.text("/data/refresh_token");
    let mark = stack.sandbox.mark().await;
    let form = format!("grant_type=refresh_token&refresh_token={handle}");
    let granted = ask(stack, FORM, form).await.must(200).json();
    assert_eq!((&granted["token_type"], &granted["refresh_token"]), (&json!("bearer"), &json!(handle)));
    assert!(granted["expires_in"].as_u64().is_some_and(|left| (1..=7200).contains(&left)), "{}", granted["expires_in"]);
    let json = json!({"grant_type": "refresh_token", "refresh_token": handle}).to_string();
    let again = ask(stack, "application/json", json).await.must(200).json();
    assert_eq!(again["access_token"], granted["access_token"]);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests_to("POST", "/2/oauth2/token").count(), 0, "the token has life enough");
    let token = granted["access_token"].as_str().unwrap_or_default();
    let me = reqwest::Client::new().get(format!("{}/2/users/me", stack.sandbox.base())).bearer_auth(token);
    let me: Value = me.send().await.expect("the sandbox").json().await.expect("JSON");
    assert_eq!(me["data"]["id"], json!(app.user), "X takes it");
    let _ended = stack.admin().delete(&path).await.must(204);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let form = format!("grant_type=refresh_token&refresh_token={handle}");
    assert_eq!(ask(stack, FORM, form).await.must(400).json()["error"], "invalid_grant");
}

async fn nothing_else_of_sign_in_is_reached(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    for (method, path) in
        [(Method::POST, "/2/oauth2/revoke"), (Method::GET, "/2/oauth2/token"), (Method::GET, "/2/oauth2/authorize")]
    {
        let answer = app.client.call(method.clone(), path).send().await;
        assert!([404, 405].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.status);
    }
    for path in ["/oauth/request_token", "/oauth2/token", "/oauth/access_token"] {
        let _refused = app.client.post(path, &json!({})).await.must(404);
    }
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

super::trials![a_handle_gives_the_account_s_token_and_perch_alone_refreshes, nothing_else_of_sign_in_is_reached];
