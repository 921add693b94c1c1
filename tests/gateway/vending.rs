//! `POST /2/oauth2/token`: to whom X's tokens are handed out, and to whom not.

use base64::{Engine, engine::general_purpose::STANDARD};
use perch::domain::api_key::{AccountGrant, ApiKey, Scope};
use serde_json::{Value, json};

use super::{
    browser::{ADA, BOB, connect, x_grants},
    world::{Answer, World},
};

const TOKEN: &str = "/2/oauth2/token";
const FORM: &str = "application/x-www-form-urlencoded";

fn kid_of(key: &str) -> String {
    ApiKey::parse(key).unwrap().kid().to_string()
}

/// A world that hands out tokens, with a connected account and a key that may be handed them.
struct Scene {
    world: World,
    admin: String,
    key: String,
    ada: String,
}

impl Scene {
    async fn new() -> Self {
        Self::with(&[("TOKEN_VENDING", "on")], Scope::TokensVend).await
    }

    async fn with(settings: &[(&'static str, &str)], scope: Scope) -> Self {
        let world = World::with(settings);
        let admin = world.key([Scope::Admin]).await;
        let scopes = [Scope::AccountsRead, Scope::AccountsWrite, scope];
        let key = world.key_with(scopes, |key| key.accounts = AccountGrant::default()).await;
        let ada = connect(&world, &key, ADA).await;
        world.settle().await;
        world.queue.take();
        Self { world, admin, key, ada }
    }

    fn path(&self, what: &str) -> String {
        format!("/v1/keys/{}/{what}", kid_of(&self.key))
    }

    async fn handle(&self) -> String {
        let asked = json!({"account_id": self.ada});
        let answer = self.world.post(&self.path("refresh-handle"), &self.admin, asked).await;
        answer.expect_status(201).json()["data"]["refresh_token"].as_str().unwrap().to_owned()
    }

    async fn refresh(&self, handle: &str) -> Answer {
        let body = format!("grant_type=refresh_token&client_id=anything&refresh_token={handle}");
        self.world.request("POST", TOKEN).body(FORM, body).send().await
    }

    async fn app_token(&self, id: &str, secret: &str) -> Answer {
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let asking = self.world.request("POST", TOKEN).header("authorization", &basic);
        asking.body(FORM, "grant_type=client_credentials").send().await
    }

    async fn change(&self, body: Value) {
        let kid = kid_of(&self.key);
        let asking = self.world.request("PATCH", &format!("/v1/keys/{kid}")).key(&self.admin);
        asking.json(&body).send().await.expect_status(200);
        self.world.clock.advance(1000);
    }

    /// What was audited of tokens handed out: key, account and outcome.
    async fn vended(&self) -> Vec<(String, Option<String>, String)> {
        self.world.settle().await;
        let mut rows = self.world.queue.take();
        rows.retain(|row| row.action.name() == "token.vend");
        rows.into_iter().map(|row| (row.key_id.unwrap_or_default(), row.account_id, row.outcome)).collect()
    }

    fn refreshes(&self) -> usize {
        let requests = self.world.x.requests_to("POST", TOKEN);
        requests.iter().filter(|request| request.form().iter().any(|(_, value)| value == "refresh_token")).count()
    }
}

/// Fails unless this is an error in OAuth's form; gives its description.
#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str) -> String {
    assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
    let challenge = if status == 401 { "Basic realm=\"perch\"" } else { "" };
    assert_eq!(answer.header("www-authenticate"), challenge);
    assert_eq!(answer.json().as_object().unwrap().len(), 2);
    answer.json()["error_description"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_handle_is_answered_like_x_answers_a_refresh_token() {
    let scene = Scene::new().await;
    let handle = scene.handle().await;
    assert!(handle.starts_with(&format!("perch_refresh_{}_1001_", kid_of(&scene.key))));
    scene.world.clock.advance(1_500);
    let answer = scene.refresh(&handle).await.expect_status(200);
    let expected = json!({
        "token_type": "bearer", "expires_in": 7198, "access_token": "access-ada",
        "scope": "tweet.read tweet.write users.read offline.access", "refresh_token": handle,
    });
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.header("ratelimit").is_empty());
    let json = json!({"grant_type": "refresh_token", "refresh_token": handle, "client_id": "c", "more": [1]});
    let answer = scene.world.request("POST", TOKEN).json(&json).send().await;
    assert_eq!(answer.expect_status(200).json(), expected, "as often as it is asked");
    assert_eq!(scene.refreshes(), 0);
    let row = (kid_of(&scene.key), Some(scene.ada.clone()), "ok".to_owned());
    assert_eq!(scene.vended().await, [row.clone(), row]);
    assert_eq!(scene.world.access_log().last().unwrap()["key_id"], kid_of(&scene.key));
    assert_eq!(scene.world.access_log().last().unwrap()["route"], TOKEN);
}

#[tokio::test]
async fn a_token_that_would_soon_end_is_renewed_first_and_once() {
    let scene = Scene::new().await;
    let handle = scene.handle().await;
    scene.world.clock.advance(6_600_000);
    let answer = scene.refresh(&handle).await.expect_status(200).json();
    assert_eq!((&answer["access_token"], &answer["expires_in"]), (&json!("access-ada"), &json!(600)));
    scene.world.clock.advance(1000);
    x_grants(&scene.world, "second");
    let asks = futures_util::future::join_all((0..20).map(|_| scene.refresh(&handle)));
    for answer in asks.await {
        let answer = answer.expect_status(200).json();
        assert_eq!((&answer["access_token"], &answer["expires_in"]), (&json!("access-second"), &json!(7200)));
        assert_eq!(answer["refresh_token"], handle, "perch alone has X's");
    }
    assert_eq!(scene.refreshes(), 1);
}

#[tokio::test]
async fn while_x_does_not_renew_the_old_token_is_handed_out_until_its_end() {
    let scene = Scene::new().await;
    let handle = scene.handle().await;
    scene.world.clock.advance(7_100_000);
    scene.world.x.on("POST", TOKEN).always().answer_text(503, "text/html", "<html>");
    let answer = scene.refresh(&handle).await.expect_status(200).json();
    assert_eq!((&answer["access_token"], &answer["expires_in"]), (&json!("access-ada"), &json!(100)));
    scene.world.clock.advance(99_500);
    let late = scene.refresh(&handle).await;
    refused(&late, 502, "temporarily_unavailable");
    assert!(!late.header("retry-after").is_empty());
}

#[tokio::test]
async fn what_an_isolate_remembers_is_not_handed_out() {
    let scene = Scene::new().await;
    let handle = scene.handle().await;
    let elsewhere = scene.world.another_isolate();
    scene.refresh(&handle).await.expect_status(200);
    x_grants(&scene.world, "second");
    let path = format!("/v1/accounts/{}/refresh", scene.ada);
    elsewhere.request("POST", &path).key(&scene.key).send().await.expect_status(200);
    assert_eq!(scene.refresh(&handle).await.json()["access_token"], "access-second");
}

#[tokio::test]
async fn nothing_is_handed_out_unless_it_is_switched_on() {
    for settings in [&[][..], &[("TOKEN_VENDING", "off")]] {
        let scene = Scene::with(settings, Scope::TokensVend).await;
        let handle = scene.handle().await;
        for answer in [scene.refresh(&handle).await, scene.app_token(&kid_of(&scene.key), &scene.key).await] {
            let description = refused(&answer, 403, "unauthorized_client");
            assert!(description.contains("switched off"), "{description}");
        }
    }
}

#[tokio::test]
async fn only_the_scope_itself_lets_a_key_be_handed_tokens() {
    let scene = Scene::with(&[("TOKEN_VENDING", "on")], Scope::Admin).await;
    let handle = scene.handle().await;
    for answer in [scene.refresh(&handle).await, scene.app_token(&kid_of(&scene.key), &scene.key).await] {
        assert!(refused(&answer, 400, "unauthorized_client").contains("tokens:vend"));
    }
    let outcomes: Vec<String> = scene.vended().await.into_iter().map(|(.., outcome)| outcome).collect();
    assert_eq!(outcomes, ["missing-scope", "missing-scope"]);
}

#[tokio::test]
async fn handles_that_do_not_work_are_not_told_apart() {
    let scene = Scene::new().await;
    let handle = scene.handle().await;
    let expected = refused(&scene.refresh("perch_refresh_x").await, 400, "invalid_grant");
    let other = Scene::with(
        &[("TOKEN_VENDING", "on"), ("PERCH_KEY_PEPPER", "CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=")],
        Scope::TokensVend,
    )
    .await;
    let (cut, foreign) = (handle[..handle.len() - 1].to_owned(), other.handle().await);
    for wrong in [cut.as_str(), &foreign, "refresh-ada", "", "%00"] {
        let answer = scene.refresh(wrong).await;
        assert_eq!(refused(&answer, 400, "invalid_grant"), expected, "{wrong}");
    }
    // Ended, then issued anew: another one.
    scene.world.request("DELETE", &scene.path("refresh-handle")).key(&scene.admin).send().await.expect_status(204);
    scene.world.clock.advance(1000);
    assert_eq!(refused(&scene.refresh(&handle).await, 400, "invalid_grant"), expected);
    let anew = scene.handle().await;
    assert_ne!(anew, handle);
    assert_eq!(refused(&scene.refresh(&handle).await, 400, "invalid_grant"), expected);
    scene.refresh(&anew).await.expect_status(200);
    // With the key it ends.
    let kid = kid_of(&scene.key);
    scene.world.request("DELETE", &format!("/v1/keys/{kid}")).key(&scene.admin).send().await.expect_status(204);
    assert_eq!(refused(&scene.refresh(&anew).await, 400, "invalid_grant"), expected);
    let outcomes: Vec<String> = scene.vended().await.into_iter().map(|(.., outcome)| outcome).collect();
    assert_eq!(outcomes.last().map(String::as_str), Some("invalid-key"), "{outcomes:?}");
}

#[tokio::test]
async fn an_account_that_is_out_of_reach_is_not_handed_out() {
    let scene = Scene::new().await;
    let handle = scene.handle().await;
    scene.refresh(&handle).await.expect_status(200);
    let bob = connect(&scene.world, &scene.key, BOB).await;
    scene.change(json!({"accounts": [bob], "default_account": null})).await;
    assert!(refused(&scene.refresh(&handle).await, 400, "invalid_grant").contains("account"));
    scene.change(json!({"accounts": [bob, scene.ada]})).await;
    scene.refresh(&handle).await.expect_status(200);
    let path = format!("/v1/accounts/{}", scene.ada);
    let pause = scene.world.another_isolate();
    pause.request("PATCH", &path).key(&scene.key).json(&json!({"paused": true})).send().await.expect_status(200);
    assert!(refused(&scene.refresh(&handle).await, 400, "invalid_grant").contains("paused"));
    pause.request("PATCH", &path).key(&scene.key).json(&json!({"paused": false})).send().await.expect_status(200);
    scene.world.x.on("POST", "/2/oauth2/revoke").always().answer(200, json!({"revoked": true}));
    pause.request("DELETE", &path).key(&scene.key).send().await.expect_status(204);
    refused(&scene.refresh(&handle).await, 400, "invalid_grant");
}

#[tokio::test]
async fn the_key_s_limit_and_the_edge_s_count() {
    let scene = Scene::new().await;
    let handle = scene.handle().await;
    scene.change(json!({"quota": {"per_minute": 2, "per_day": null}})).await;
    scene.world.clock.advance(120_000);
    for _ in 0..2 {
        scene.refresh(&handle).await.expect_status(200);
    }
    let limited = scene.refresh(&handle).await;
    refused(&limited, 429, "temporarily_unavailable");
    assert!(!limited.header("retry-after").is_empty() && !limited.header("ratelimit").is_empty());
    assert_eq!(scene.vended().await.last().map(|row| row.2.clone()).as_deref(), Some("key-rate-limited"));
    scene.world.gate.set_shut(true);
    scene.refresh(&handle).await.problem(429, "key-rate-limited");
}

#[tokio::test]
async fn the_app_s_own_bearer_is_handed_to_a_client_by_basic() {
    let scene = Scene::new().await;
    scene.world.x.on("POST", "/oauth2/token").answer(200, json!({"token_type": "bearer", "access_token": "AAAA-app"}));
    let expected = json!({"token_type": "bearer", "access_token": "AAAA-app"});
    let answer = scene.app_token(&kid_of(&scene.key), &scene.key).await.expect_status(200);
    assert_eq!(answer.json(), expected);
    let values = scene.world.post(&scene.path("oauth1"), &scene.admin, json!({"account_id": scene.ada})).await;
    let values = values.expect_status(201).json()["data"].clone();
    let (id, secret) = (values["consumer_key"].as_str().unwrap(), values["consumer_secret"].as_str().unwrap());
    assert_eq!(scene.app_token(id, secret).await.expect_status(200).json(), expected);
    assert_eq!(scene.vended().await, vec![(kid_of(&scene.key), None, "ok".to_owned()); 2]);

    let description = refused(&scene.app_token(id, "x").await, 401, "invalid_client");
    let wrong = ApiKey::make(perch::domain::api_key::Mode::Test, &[1; 16], &[2; 32]);
    for (id, secret) in [
        (kid_of(&scene.key), wrong.expose()),
        (wrong.kid().to_string(), wrong.expose()),
        (wrong.kid().to_string(), scene.key.clone()),
        (scene.key.clone(), String::new()),
        (id.to_owned(), scene.key.clone()),
        (kid_of(&scene.key), secret.to_owned()),
    ] {
        assert_eq!(refused(&scene.app_token(&id, &secret).await, 401, "invalid_client"), description);
    }
    let bare = scene.world.request("POST", TOKEN).key(&scene.key).body(FORM, "grant_type=client_credentials");
    assert_eq!(refused(&bare.send().await, 401, "invalid_client"), description);
    scene.world.request("DELETE", &scene.path("oauth1")).key(&scene.admin).send().await.expect_status(204);
    refused(&scene.app_token(id, secret).await, 401, "invalid_client");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_in_oauth_s_form() {
    let scene = Scene::new().await;
    let handle = scene.handle().await;
    let send = async |kind: &str, body: String| scene.world.request("POST", TOKEN).body(kind, body).send().await;
    for (kind, body, error) in [
        (FORM, "refresh_token=x".to_owned(), "invalid_request"),
        (FORM, "grant_type=refresh_token".to_owned(), "invalid_request"),
        (FORM, format!("grant_type=refresh_token&refresh_token={handle}&refresh_token={handle}"), "invalid_request"),
        (FORM, "grant_type=authorization_code&code=x".to_owned(), "unsupported_grant_type"),
        (FORM, "grant_type=password".to_owned(), "unsupported_grant_type"),
        ("text/plain", format!("grant_type=refresh_token&refresh_token={handle}"), "invalid_request"),
        ("application/json", "{".to_owned(), "invalid_request"),
        ("application/json", "[]".to_owned(), "invalid_request"),
        ("application/json", r#"{"grant_type":"refresh_token","refresh_token":7}"#.to_owned(), "invalid_request"),
        ("application/json", r#"{"grant_type":"a","grant_type":"refresh_token"}"#.to_owned(), "invalid_request"),
        (FORM, String::new(), "invalid_request"),
    ] {
        refused(&send(kind, body).await, 400, error);
    }
    let long = axum::body::Body::from("a".repeat(70_000));
    let long = scene.world.request("POST", TOKEN).header("content-type", FORM).stream(long);
    refused(&long.send().await, 413, "invalid_request");
    scene.world.sql.set_down(true);
    scene.world.clock.advance(120_000);
    refused(&scene.refresh(&handle).await, 503, "temporarily_unavailable");
}

#[tokio::test]
async fn nothing_else_there_is_reachable() {
    let scene = Scene::new().await;
    for (method, path) in [
        ("GET", TOKEN),
        ("POST", "/2/oauth2/token/"),
        ("POST", "/2/oauth2/revoke"),
        ("POST", "/2/oauth2/authorize"),
        ("POST", "/2/oauth2"),
    ] {
        scene.world.request(method, path).send().await.problem(401, "missing-key");
        let status = scene.world.request(method, path).key(&scene.key).send().await.status;
        assert!(status == 404 || (status == 405 && path == TOKEN), "{method} {path}: {status}");
    }
    for path in ["/oauth2/token", "/oauth2/invalidate_token", "/oauth/request_token", "/oauth/access_token", "/oauth"] {
        scene.world.request("POST", path).key(&scene.key).send().await.problem(404, "route-not-found");
    }
}

#[tokio::test]
async fn nothing_of_what_is_handed_out_is_kept_or_logged() {
    let scene = Scene::new().await;
    let handle = scene.handle().await;
    scene
        .world
        .x
        .on("POST", "/oauth2/token")
        .answer(200, json!({"token_type": "bearer", "access_token": "AAAA-canary"}));
    scene.refresh(&handle).await.expect_status(200);
    scene.app_token(&kid_of(&scene.key), &scene.key).await.expect_status(200);
    scene.refresh("refresh-canary").await;
    scene.world.settle().await;
    let kept = format!("{} {:?}", scene.world.everything_kept(), scene.world.queue.take());
    for secret in
        ["access-ada", "refresh-ada", "AAAA-canary", "refresh-canary", &handle, handle.split('_').nth(4).unwrap()]
    {
        assert!(!kept.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn handles_are_issued_for_tokens_that_are_refreshed() {
    let scene = Scene::new().await;
    let path = scene.path("refresh-handle");
    for account in ["acc_0123456789abcdef", "me"] {
        let answer = scene.world.post(&path, &scene.admin, json!({"account_id": account})).await;
        answer.problem(422, "invalid-fields");
    }
    scene.world.post(&path, &scene.key, json!({"account_id": scene.ada})).await.problem(403, "missing-scope");
    assert_eq!(scene.handle().await, scene.handle().await, "the same each time");
    let shown = scene.world.get(&format!("/v1/keys/{}", kid_of(&scene.key)), &scene.admin).await.json();
    assert_eq!((&shown["data"]["refresh_handles"], &shown["data"]["oauth1"]), (&json!(true), &json!(false)));
    let me = json!({"data": {"id": "1002", "username": "bob", "name": "Bob"}});
    scene.world.x.on("GET", "/2/users/me").answer(200, me);
    let tokens = json!({"oauth_token": "1002-t", "oauth_token_secret": "s"});
    let added = scene.world.post("/v1/accounts", &scene.key, tokens).await.expect_status(201).json();
    let asked = json!({"account_id": added["data"]["id"]});
    scene.world.post(&path, &scene.admin, asked).await.problem(409, "conflict");
}
