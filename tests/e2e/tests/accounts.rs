//! Connected accounts: several side by side, kept apart, paused, added, removed.

use perch_e2e::Stack;
use serde_json::json;

async fn several_accounts_of_one_key_do_not_mix(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let (other_user, other_name) = stack.new_user();
    let other = stack.connect(&app.client, &other_name).await;
    let mark = stack.sandbox.mark().await;
    let _first = app.client.post("/v1/tweets", &json!({"text": "from the first"})).await.must(201);
    let by_id = app.client.clone().acting_for(&other);
    let _second = by_id.post("/v1/tweets", &json!({"text": "by its id"})).await.must(201);
    let by_handle = app.client.clone().acting_for(&format!("@{other_name}"));
    let _third = by_handle.post("/v1/tweets", &json!({"text": "by its handle"})).await.must(201);
    let by_user = app.client.clone().acting_for(&other_user);
    let _fourth = by_user.post("/v1/tweets", &json!({"text": "by its user"})).await.must(201);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("tweet.create", &app.user).count(), 1);
    assert_eq!(ledger.effects_of("tweet.create", &other_user).count(), 3);
}

async fn an_account_is_not_there_for_another_key(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let (key, _) = stack.key(json!({})).await;
    let stranger = stack.anonymous().with_key(&key).acting_for(&app.account);
    let mark = stack.sandbox.mark().await;
    let path = format!("/v1/accounts/{}", app.account);
    let _get = stranger.get(&path).await.must_be_problem(404, "account-not-found");
    let _delete = stranger.delete(&path).await.must_be_problem(404, "account-not-found");
    let tweet = stranger.post("/v1/tweets", &json!({"text": "not mine"})).await;
    let _tweet = tweet.must_be_problem(404, "account-not-found");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn the_default_account_is_meant_when_none_is_named(stack: &Stack) {
    let (key, _) = stack.key(json!({})).await;
    let client = stack.anonymous().with_key(&key);
    let (user, username) = stack.new_user();
    let account = stack.connect(&client, &username).await;
    let (other_user, other_name) = stack.new_user();
    let other = stack.connect(&client, &other_name).await;
    let tweet = async |account: &str, text: &str| {
        let _made = client.put(&format!("/v1/accounts/{account}/default")).await.must(200);
        let _tweeted = client.post("/v1/tweets", &json!({"text": text})).await.must(201);
    };
    let mark = stack.sandbox.mark().await;
    tweet(&account, "by default").await;
    tweet(&other, "by another default").await;
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("tweet.create", &user).count(), 1);
    assert_eq!(ledger.effects_of("tweet.create", &other_user).count(), 1);
}

async fn a_paused_account_does_nothing(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let path = format!("/v1/accounts/{}", app.account);
    let set_paused =
        |paused: bool| app.client.call(reqwest::Method::PATCH, &path).json(&json!({"paused": paused})).send();
    let _paused = set_paused(true).await.must(200);
    let mark = stack.sandbox.mark().await;
    let refused = app.client.post("/v1/tweets", &json!({"text": "paused"})).await;
    let _problem = refused.must_be_problem(409, "account-paused");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
    let _resumed = set_paused(false).await.must(200);
    let _tweeted = app.client.post("/v1/tweets", &json!({"text": "resumed"})).await.must(201);
}

async fn an_account_tells_how_it_is(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let account = app.client.get(&format!("/v1/accounts/{}", app.account)).await.must(200).json();
    assert_eq!(account["data"]["health"]["token_state"], "fresh");
    assert_eq!(account["data"]["username"], *app.username);
    assert!(account["data"]["scopes"].as_array().is_some_and(|scopes| !scopes.is_empty()));
    let _looked = app.client.get("/v1/tweets/1").await;
    let limits = app.client.get("/v1/rate-limits").await.must(200).json();
    let limits = limits["data"].as_array().cloned().unwrap_or_default();
    let learned: Vec<_> = limits.iter().filter(|limit| limit["source"] == "learned").collect();
    assert!(!learned.is_empty() && learned.len() < limits.len(), "some are learned, the rest published: {limits:?}");
    assert!(learned.iter().all(|limit| limit["remaining"].as_u64() < limit["limit"].as_u64()));
}

async fn a_signing_account_is_added_and_signs(stack: &Stack) {
    let (key, _) = stack.key(json!({})).await;
    let client = stack.anonymous().with_key(&key);
    let (user, _) = stack.new_user();
    let (token, secret) = (format!("{user}-oauth1"), format!("{user}-oauth1-secret"));
    stack.archive.know("an OAuth 1.0a token secret", &secret);
    let mark = stack.sandbox.mark().await;
    let tokens = json!({"oauth_token": token, "oauth_token_secret": secret});
    let added = client.post("/v1/accounts", &tokens).await.must(201);
    let signing = client.acting_for(&added.text("/data/id"));
    let _tweeted = signing.post("/v1/tweets", &json!({"text": "signed"})).await.must(201);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("tweet.create", &user).count(), 1);
    let request = ledger.requests_to("POST", "/2/tweets").next().expect("X saw the tweet");
    let authorization = request.header("authorization").unwrap_or_default();
    assert!(authorization.starts_with("OAuth ") && authorization.contains("HMAC-SHA1"));
    let wrong = json!({"oauth_token": format!("{user}-oauth1"), "oauth_token_secret": "wrong"});
    assert!(signing.post("/v1/accounts", &wrong).await.status.is_client_error());
}

async fn a_removed_account_is_revoked_at_x(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let path = format!("/v1/accounts/{}", app.account);
    let _removed = app.client.delete(&path).await.must(204);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert!(ledger.effects_of("token.revoke", &app.user).count() >= 1, "{:?}", ledger.effects);
    let _gone = app.client.get(&path).await.must_be_problem(404, "account-not-found");
    let refused = app.client.post("/v1/tweets", &json!({"text": "removed"})).await;
    let _problem = refused.must_be_problem(404, "account-not-found");
}

crate::trials!(
    several_accounts_of_one_key_do_not_mix,
    an_account_is_not_there_for_another_key,
    the_default_account_is_meant_when_none_is_named,
    a_paused_account_does_nothing,
    an_account_tells_how_it_is,
    a_signing_account_is_added_and_signs,
    a_removed_account_is_revoked_at_x,
);
