//! The code flow, refreshes, revocation and the app bearer.

use perch_sandbox::{CONSUMER_KEY, CONSUMER_SECRET, Config, PUBLIC_CLIENT_ID};
use serde_json::json;

use crate::client::*;

const SPENT: &str = r#"{"error":"invalid_request","error_description":"Value passed for the token was invalid."}"#;

#[tokio::test]
async fn a_code_becomes_tokens_and_the_tokens_name_the_user() {
    let world = World::start().await;
    let back = world.authorize("alice", ALL_SCOPES).await;
    assert_eq!(parameter(&back, "state").as_deref(), Some("a state"));
    let code = parameter(&back, "code").unwrap();
    let tokens = json(world.token(&code_form(&code)).send().await.unwrap()).await;
    assert_eq!(tokens["expires_in"], 7200);
    assert_eq!(tokens["token_type"], "bearer");
    let me = json(world.get("/2/users/me", tokens["access_token"].as_str().unwrap()).send().await.unwrap()).await;
    assert_eq!(me, json!({"data": {"id": ALICE, "name": "Alice", "username": "alice"}}));
}

#[tokio::test]
async fn a_code_is_refused_when_late_or_used() {
    let world = World::start().await;
    let code = parameter(&world.authorize("alice", ALL_SCOPES).await, "code").unwrap();
    world.control("clock", json!({"advance_ms": 30_000})).await;
    let late = world.token(&code_form(&code)).send().await.unwrap();
    assert_eq!(late.status(), 400);
    let said = late.text().await.unwrap();
    assert_eq!(
        said,
        r#"{"error":"invalid_request","error_description":"Value passed for the authorization code was invalid."}"#
    );
}

#[tokio::test]
async fn clients_prove_who_they_are() {
    let world = World::start().await;
    let url = world.url("/2/oauth2/token");
    let post =
        |body: String| world.http.post(&url).header("content-type", "application/x-www-form-urlencoded").body(body);
    let nobody = post(encode(&refresh_form("x"))).send().await.unwrap();
    assert_eq!(nobody.status(), 400);
    assert!(nobody.text().await.unwrap().contains("Missing required parameter [client_id]."));
    let without_basic = post(encode(&[("client_id", "perch-client"), ("client_secret", "perch-client-secret")]));
    assert_eq!(without_basic.send().await.unwrap().status(), 401);
    let unknown = post(encode(&[("client_id", "nobody")])).send().await.unwrap();
    assert_eq!(unknown.text().await.unwrap(), r#"{"error":"invalid_client"}"#);
    let wrong = post(encode(&refresh_form("x"))).basic_auth("perch-client", Some("wrong")).send().await.unwrap();
    assert_eq!(
        wrong.text().await.unwrap(),
        r#"{"error":"unauthorized_client","error_description":"Missing valid authorization header"}"#
    );
}

#[tokio::test]
async fn a_public_client_sends_its_id_and_json_is_read_too() {
    let world = World::start().await;
    let query = authorize_query("tweet.read users.read", &[("client_id", PUBLIC_CLIENT_ID), ("auto_approve", "bob")]);
    let answer = world.http.get(world.url(&format!("/i/oauth2/authorize?{query}"))).send().await.unwrap();
    let code = parameter(&location(&answer), "code").unwrap();
    let mut form: serde_json::Map<_, _> =
        code_form(&code).iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    form.insert("client_id".to_owned(), json!(PUBLIC_CLIENT_ID));
    let answer = world.http.post(world.url("/2/oauth2/token")).json(&form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(json(answer).await.get("refresh_token").is_none(), "offline.access was not asked for");
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_replay_is_refused() {
    let world = World::start().await;
    let first = world.connect("alice", ALL_SCOPES).await;
    let second = json(world.token(&refresh_form(&first.refresh)).send().await.unwrap()).await;
    assert_ne!(text(&second["refresh_token"]), first.refresh);
    let replay = world.token(&refresh_form(&first.refresh)).send().await.unwrap();
    assert_eq!((replay.status().as_u16(), replay.text().await.unwrap().as_str()), (400, SPENT));
    let third = world.token(&refresh_form(&text(&second["refresh_token"]))).send().await.unwrap();
    assert_eq!(third.status(), 200, "by default the family survives a replay");
}

#[tokio::test]
async fn a_replay_ends_the_family_when_told_to() {
    let world = World::start().await;
    world.control("oauth", json!({"revoke_family_on_replay": true, "replay_error": "invalid_grant"})).await;
    let first = world.connect("alice", ALL_SCOPES).await;
    let second = json(world.token(&refresh_form(&first.refresh)).send().await.unwrap()).await;
    let replay = world.token(&refresh_form(&first.refresh)).send().await.unwrap();
    assert!(replay.text().await.unwrap().contains("invalid_grant"));
    let me = world.get("/2/users/me", second["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(me.status(), 401);
    assert_eq!(world.effects("family.revoke").await, 1);
}

#[tokio::test]
async fn of_many_refreshes_at_once_one_wins() {
    let world = World::start().await;
    let tokens = world.connect("alice", ALL_SCOPES).await;
    let form = refresh_form(&tokens.refresh);
    let tries: Vec<_> = (0..20).map(|_| tokio::spawn(world.token(&form).send())).collect();
    let mut won = 0;
    for attempt in tries {
        won += usize::from(attempt.await.unwrap().unwrap().status() == 200);
    }
    assert_eq!(won, 1);
    assert_eq!(world.effects("token.refresh").await, 1);
}

#[tokio::test]
async fn the_page_lists_users_and_either_button_leads_back() {
    let world = World::start().await;
    let query = authorize_query("tweet.read users.read", &[]);
    let page = world.http.get(world.url(&format!("/i/oauth2/authorize?{query}"))).send().await.unwrap();
    let html = page.text().await.unwrap();
    assert!(html.contains("@alice") && html.contains("@carol") && html.contains("tweet.read"));
    for (decision, parameter_back) in [("allow", "code"), ("deny", "error")] {
        let form = format!("{query}&user=carol&decision={decision}");
        let answer = world.http.post(world.url("/i/oauth2/authorize")).body(form).send().await.unwrap();
        assert_eq!(answer.status(), 302);
        assert!(parameter(&location(&answer), parameter_back).is_some(), "{decision}");
    }
}

#[tokio::test]
async fn consent_is_given_or_denied_without_a_page_when_configured() {
    let world = World::with(Config { auto_approve: Some("bob".to_owned()), ..Config::default() }).await;
    let address = world.url(&format!("/i/oauth2/authorize?{}", authorize_query("tweet.read", &[])));
    let allowed = world.http.get(&address).send().await.unwrap();
    assert!(parameter(&location(&allowed), "code").is_some());
    world.control("consent", json!({"mode": "deny"})).await;
    let denied = world.http.get(&address).send().await.unwrap();
    assert_eq!(parameter(&location(&denied), "error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn a_wrong_authorization_request_is_refused() {
    let world = World::start().await;
    let mut answers = Vec::new();
    for change in [
        ("redirect_uri", "http://127.0.0.1:8787/connect/callback/"),
        ("client_id", "nobody"),
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("scope", "tweet.read everything"),
    ] {
        let query = authorize_query("tweet.read", &[change, ("auto_approve", "alice")]);
        let answer = world.http.get(world.url(&format!("/i/oauth2/authorize?{query}"))).send().await.unwrap();
        let error = answer.headers().get("location").and_then(|_| parameter(&location(&answer), "error"));
        answers.push((answer.status().as_u16(), error));
    }
    let sent_back = |error: &str| (302, Some(error.to_owned()));
    let expected = [
        (400, None),
        (400, None),
        sent_back("unsupported_response_type"),
        sent_back("invalid_request"),
        sent_back("invalid_scope"),
    ];
    assert_eq!(answers, expected);
}

#[tokio::test]
async fn revoking_the_refresh_token_ends_the_grant() {
    let world = World::start().await;
    let tokens = world.connect("alice", ALL_SCOPES).await;
    let revoke = world
        .http
        .post(world.url("/2/oauth2/revoke"))
        .basic_auth("perch-client", Some("perch-client-secret"))
        .body(encode(&[("token", &tokens.refresh)]));
    assert_eq!(json(revoke.send().await.unwrap()).await, json!({"revoked": true}));
    assert_eq!(world.get("/2/users/me", &tokens.access).send().await.unwrap().status(), 401);
    assert_eq!(world.token(&refresh_form(&tokens.refresh)).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn the_app_has_one_bearer_until_it_is_invalidated() {
    let world = World::start().await;
    let ask = |path: &str, body: &str| {
        let request = world.http.post(world.url(path)).basic_auth(CONSUMER_KEY, Some(CONSUMER_SECRET));
        request.body(body.to_owned()).send()
    };
    let first = json(ask("/oauth2/token", "grant_type=client_credentials").await.unwrap()).await;
    let again = json(ask("/oauth2/token", "grant_type=client_credentials").await.unwrap()).await;
    assert_eq!(first, again);
    let bearer = text(&first["access_token"]);
    assert_eq!(world.get(&format!("/2/users/{BOB}"), &bearer).send().await.unwrap().status(), 200);
    let me = world.get("/2/users/me", &bearer).send().await.unwrap();
    assert_eq!(me.status(), 403);
    assert!(
        me.text().await.unwrap().contains("endpoint.  Supported authentication types are [OAuth 1.0a User Context")
    );
    let gone = ask("/oauth2/invalidate_token", &encode(&[("access_token", &bearer)])).await.unwrap();
    assert_eq!(gone.status(), 200);
    let after = world.get(&format!("/2/users/{BOB}"), &bearer).send().await.unwrap();
    assert_eq!(after.text().await.unwrap(), r#"{"errors":[{"message":"Invalid or expired token","code":89}]}"#);
    let wrong = world.http.post(world.url("/oauth2/token")).basic_auth("x", Some("y")).send().await.unwrap();
    assert_eq!(wrong.status(), 403);
}
