//! Connecting an X account: the way of the browser, and every way it must not go.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use perch::{
    adapters::memory::MemoryObjects,
    domain::{
        account::{Account, Command, Health, Reply},
        api_key::{AccountGrant, ApiKey, Scope},
        machine::Object,
    },
    ports::{Objects, ObjectsExt, Unavailable},
    services::{
        accounts::{self, Brought},
        keys, tokens,
        x::Profile,
    },
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use url::Url;

use super::{
    browser::{ADA, BOB, Browser, connect, location, of_query, x_connects, x_grants},
    world::{Answer, World},
};

const RETURN: &str = "https://app.example/connected?from=perch";

/// A key that has been granted nothing yet.
async fn bare_key(world: &World) -> String {
    let scopes = [Scope::AccountsRead, Scope::AccountsWrite];
    world
        .key_with(scopes, |key| {
            key.accounts = AccountGrant::default();
            key.return_uris = vec![RETURN.to_owned()];
        })
        .await
}

async fn begin(world: &World, key: &str, body: Value) -> String {
    let begun = world.post("/v1/connect", key, body).await.expect_status(201).json();
    begun["data"]["url"].as_str().unwrap().to_owned()
}

async fn accounts_of(world: &World, key: &str) -> Vec<Value> {
    let accounts = world.get("/v1/accounts", key).await.expect_status(200).json();
    accounts["data"].as_array().cloned().unwrap()
}

async fn health(world: &World, account: &str) -> Health {
    match world.objects.ask::<Account>(account, &Command::Health).await.unwrap() {
        Reply::Health(health) => *health,
        other => panic!("{other:?}"),
    }
}

fn token_calls(world: &World) -> Vec<BTreeMap<String, String>> {
    let calls = world.x.requests_to("POST", "/2/oauth2/token");
    calls.iter().map(|call| call.form().into_iter().collect()).collect()
}

/// Fails unless this page says that the attempt is not valid; gives what is the same whoever reads it.
#[track_caller]
fn invalid_page(answer: &Answer) -> String {
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let id = answer.header("x-request-id");
    assert!(answer.text().contains("attempt-invalid") && answer.text().contains(&id));
    assert_eq!(answer.header("set-cookie"), "");
    answer.text().replace(&id, "")
}

#[tokio::test]
async fn a_person_at_a_terminal_connects_an_account_and_uses_it_at_once() {
    let world = World::new();
    let key = bare_key(&world).await;
    let begun = world.post("/v1/connect", &key, json!({"label": "press"})).await.expect_status(201).json();
    let (id, url) = (begun["data"]["id"].as_str().unwrap(), begun["data"]["url"].as_str().unwrap());
    assert_eq!(url, format!("https://perch.example/connect/{id}"));
    assert_eq!(begun["data"]["expires_at"], "2027-01-15T08:10:00.000Z");

    let browser = Browser::new(&world);
    let opened = browser.go(url).await;
    let set = opened.header("set-cookie");
    assert!(set.starts_with("__Host-perch_connect="), "{set}");
    assert!(set.ends_with("; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=600"), "{set}");
    let consent = location(&opened);
    assert!(consent.as_str().starts_with("https://x.example/i/oauth2/authorize?"), "{consent}");
    assert_eq!(of_query(&consent, "redirect_uri"), "https://perch.example/connect/callback");
    assert_eq!(of_query(&consent, "code_challenge_method"), "S256");
    assert!(of_query(&consent, "scope").split(' ').any(|scope| scope == "offline.access"));

    x_connects(&world, ADA, "1");
    let page = browser.agree(&consent, "the-code").await.expect_status(200);
    assert!(page.text().contains("@ada is connected"), "{}", page.text());
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    );

    let exchange = &token_calls(&world)[0];
    assert_eq!((exchange["grant_type"].as_str(), exchange["code"].as_str()), ("authorization_code", "the-code"));
    assert_eq!(exchange["redirect_uri"], "https://perch.example/connect/callback");
    assert_eq!(exchange["code_verifier"].len(), 43);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&exchange["code_verifier"]));
    assert_eq!(of_query(&consent, "code_challenge"), challenge);
    let me = &world.x.requests_to("GET", "/2/users/me")[0];
    assert_eq!(me.header("authorization"), Some("Bearer access-1"));

    let accounts = accounts_of(&world, &key).await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["username"], "ada");
    assert_eq!(accounts[0]["x_user_id"], "1001");
    assert_eq!(accounts[0]["label"], "press");
    assert_eq!(accounts[0]["is_default"], true);
}

#[tokio::test]
async fn a_client_application_gets_the_account_when_its_server_redeems_the_connect_code() {
    let world = World::new();
    let key = bare_key(&world).await;
    let url = begin(&world, &key, json!({"return_uri": RETURN, "state": "their&state"})).await;
    let browser = Browser::new(&world);
    let consent = browser.open(&url).await;
    x_connects(&world, ADA, "1");
    let back = location(&browser.agree(&consent, "code").await);
    assert!(back.as_str().starts_with(&format!("{RETURN}&")), "{back}");
    assert_eq!(of_query(&back, "state"), "their&state");
    assert_eq!(accounts_of(&world, &key).await, Vec::<Value>::new(), "not before it is redeemed");

    let code = json!({"connect_code": of_query(&back, "connect_code")});
    let redeemed = world.post("/v1/connect/redeem", &key, code.clone()).await.expect_status(200).json();
    assert_eq!(redeemed["data"]["username"], "ada");
    assert_eq!(redeemed["data"]["is_default"], true);
    assert_eq!(accounts_of(&world, &key).await.len(), 1);
    world.post("/v1/connect/redeem", &key, code).await.problem(400, "attempt-invalid");
}

#[tokio::test]
async fn attempts_in_one_browser_may_overlap() {
    let world = World::new();
    let key = bare_key(&world).await;
    let browser = Browser::new(&world);
    let (one, other) = (begin(&world, &key, json!({})).await, begin(&world, &key, json!({})).await);
    let one = browser.open(&one).await;
    let cookie = browser.cookie();
    let other = browser.open(&other).await;
    assert_eq!(browser.cookie(), cookie, "a browser keeps its cookie");
    assert_ne!(of_query(&one, "code_challenge"), of_query(&other, "code_challenge"));
    x_connects(&world, ADA, "1");
    browser.agree(&other, "code").await.expect_status(200);
    x_connects(&world, BOB, "2");
    browser.agree(&one, "code").await.expect_status(200);
    assert_eq!(accounts_of(&world, &key).await.len(), 2);
    let calls = token_calls(&world);
    let challenge = |call: usize| URL_SAFE_NO_PAD.encode(Sha256::digest(&calls[call]["code_verifier"]));
    assert_eq!(challenge(0), of_query(&other, "code_challenge"), "each with its own verifier");
    assert_eq!(challenge(1), of_query(&one, "code_challenge"));
}

#[tokio::test]
async fn of_twenty_callbacks_at_once_exactly_one_reaches_x() {
    let world = World::new();
    let key = bare_key(&world).await;
    let browser = Browser::new(&world);
    let consent = browser.open(&begin(&world, &key, json!({})).await).await;
    x_connects(&world, ADA, "1");
    let answers = futures_util::future::join_all((0..20).map(|_| browser.agree(&consent, "code"))).await;
    world.settle().await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    answers.iter().filter(|answer| answer.status != 200).for_each(|answer| drop(invalid_page(answer)));
    assert_eq!(token_calls(&world).len(), 1);
    invalid_page(&browser.agree(&consent, "code").await);
    assert_eq!(accounts_of(&world, &key).await.len(), 1);
}

#[tokio::test]
async fn whatever_is_wrong_with_an_attempt_the_browser_is_told_the_same() {
    let world = World::new();
    let key = bare_key(&world).await;
    let (mine, stranger) = (Browser::new(&world), Browser::new(&world));
    let url = begin(&world, &key, json!({})).await;
    let consent = mine.open(&url).await;
    stranger.open(&begin(&world, &key, json!({})).await).await;
    let (state, unknown) = (of_query(&consent, "state"), "A".repeat(43));
    let told = [
        invalid_page(&stranger.go(&url).await),
        invalid_page(&stranger.agree(&consent, "code").await),
        invalid_page(&Browser::new(&world).agree(&consent, "code").await),
        invalid_page(&stranger.go(&format!("/connect/callback?state={state}&error=access_denied")).await),
        invalid_page(&mine.go(&format!("/connect/{unknown}")).await),
        invalid_page(&mine.go("/connect/short").await),
        invalid_page(&mine.go(&format!("/connect/callback?state={unknown}&code=code")).await),
        invalid_page(&mine.go("/connect/callback").await),
        invalid_page(&mine.go("/connect/callback?code=code").await),
        invalid_page(&mine.go(&format!("/connect/callback?state={state}")).await),
        invalid_page(&mine.go(&format!("/connect/callback?state={state}&code=a&code=b")).await),
    ];
    assert!(told.iter().all(|text| *text == told[0]), "{told:#?}");
    assert_eq!(token_calls(&world).len(), 0);
    x_connects(&world, ADA, "1");
    mine.agree(&consent, "code").await.expect_status(200);
}

#[tokio::test]
async fn an_attempt_lives_ten_minutes() {
    let world = World::new();
    let key = bare_key(&world).await;
    let browser = Browser::new(&world);
    let (unopened, opened) = (begin(&world, &key, json!({})).await, begin(&world, &key, json!({})).await);
    let consent = browser.open(&opened).await;
    world.clock.advance(600_000);
    invalid_page(&browser.go(&unopened).await);
    invalid_page(&browser.agree(&consent, "code").await);
    assert_eq!(token_calls(&world).len(), 0);
}

#[tokio::test]
async fn a_link_preview_does_not_take_the_attempt_away() {
    let world = World::new();
    let key = bare_key(&world).await;
    let url = begin(&world, &key, json!({})).await;
    let path = url.strip_prefix("https://perch.example").unwrap();
    let preview = world.request("HEAD", path).send().await.expect_status(204);
    assert_eq!(preview.header("set-cookie"), "");
    Browser::new(&world).open(&url).await;
}

#[tokio::test]
async fn who_declines_at_x_ends_the_attempt() {
    let world = World::new();
    let key = bare_key(&world).await;
    let browser = Browser::new(&world);
    let denied =
        |consent: &Url, error: &str| format!("/connect/callback?state={}&error={error}", of_query(consent, "state"));

    let consent = browser.open(&begin(&world, &key, json!({})).await).await;
    let page = browser.go(&denied(&consent, "access_denied")).await.expect_status(403);
    assert!(page.text().contains("consent-denied"), "{}", page.text());
    invalid_page(&browser.agree(&consent, "code").await);

    let body = json!({"return_uri": RETURN, "state": "theirs"});
    let consent = browser.open(&begin(&world, &key, body.clone()).await).await;
    let back = location(&browser.go(&denied(&consent, "access_denied")).await);
    assert_eq!(back.as_str(), format!("{RETURN}&error=access_denied&state=theirs"));

    let consent = browser.open(&begin(&world, &key, body).await).await;
    let back = location(&browser.go(&denied(&consent, "%3Cscript%3E")).await);
    assert_eq!(back.as_str(), format!("{RETURN}&error=server_error&state=theirs"));
    assert_eq!(token_calls(&world).len(), 0);
}

#[tokio::test]
async fn connecting_again_keeps_the_account_and_replaces_its_tokens() {
    let world = World::new();
    let key = bare_key(&world).await;
    let account = connect(&world, &key, ADA).await;
    assert_eq!(health(&world, &account).await.generation, 1);
    let url = begin(&world, &key, json!({"account": account})).await;
    let browser = Browser::new(&world);
    let consent = browser.open(&url).await;
    x_connects(&world, ADA, "again");
    browser.agree(&consent, "code").await.expect_status(200);
    let accounts = accounts_of(&world, &key).await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["id"], account);
    assert_eq!(health(&world, &account).await.generation, 2);
}

#[tokio::test]
async fn two_who_connect_the_same_user_at_once_get_the_same_account() {
    let world = World::new();
    let (key, other) = (bare_key(&world).await, bare_key(&world).await);
    let (mine, theirs) = (Browser::new(&world), Browser::new(&world));
    let one = mine.open(&begin(&world, &key, json!({})).await).await;
    let two = theirs.open(&begin(&world, &other, json!({})).await).await;
    x_connects(&world, ADA, "1");
    x_connects(&world, ADA, "2");
    let (one, two) = futures_util::join!(mine.agree(&one, "code"), theirs.agree(&two, "code"));
    assert_eq!((one.status, two.status), (200, 200));
    let (mine, theirs) = (accounts_of(&world, &key).await, accounts_of(&world, &other).await);
    assert_eq!((mine.len(), theirs.len()), (1, 1));
    assert_eq!(mine[0]["id"], theirs[0]["id"]);
    assert_eq!(health(&world, mine[0]["id"].as_str().unwrap()).await.generation, 2);
}

/// Objects among which somebody else's connection always comes first, once.
struct Overtaken {
    objects: Arc<MemoryObjects>,
    overtaken: AtomicBool,
}

#[async_trait::async_trait]
impl Objects for Overtaken {
    async fn call(&self, object: Object, name: &str, command: Vec<u8>) -> Result<Vec<u8>, Unavailable> {
        let connects = command.starts_with(b"{\"Connect\"");
        if connects && !self.overtaken.swap(true, Ordering::Relaxed) {
            self.objects.call(object, name, command.clone()).await?;
        }
        self.objects.call(object, name, command).await
    }
}

#[tokio::test]
async fn tokens_that_are_overtaken_are_sealed_anew_under_their_own_generation() {
    let world = World::new();
    let mut context = world.context();
    context.ports.objects = Arc::new(Overtaken { objects: world.objects.clone(), overtaken: AtomicBool::new(false) });
    let ada: Profile = serde_json::from_value(json!({"id": "1001", "username": "ada", "name": "Ada"})).unwrap();
    let brought = Brought::OAuth2 {
        access: &"access".into(),
        refresh: None,
        expires_at: world.now().plus_ms(7_200_000),
        scopes: Vec::new(),
    };
    let account = accounts::keep(&context, &ada, &brought, None).await.unwrap();
    // An envelope opens only under the generation it was sealed for.
    let credential = tokens::credential(&context, &account.id, None).await.unwrap();
    assert_eq!(credential.generation(), 2);
}

#[tokio::test]
async fn another_x_user_than_expected_changes_nothing_and_its_tokens_are_revoked() {
    let world = World::new();
    let key = bare_key(&world).await;
    let account = connect(&world, &key, ADA).await;
    let before = accounts_of(&world, &key).await;
    let browser = Browser::new(&world);
    let consent = browser.open(&begin(&world, &key, json!({"account": account})).await).await;
    x_connects(&world, BOB, "bob");
    world.x.on("POST", "/2/oauth2/revoke").times(2).answer(200, json!({"revoked": true}));
    let page = browser.agree(&consent, "code").await.expect_status(409);
    assert!(page.text().contains("account-mismatch"), "{}", page.text());
    let revoked: Vec<String> = world
        .x
        .requests_to("POST", "/2/oauth2/revoke")
        .iter()
        .map(|call| call.form().into_iter().find(|(name, _)| name == "token").unwrap().1)
        .collect();
    assert_eq!(revoked, ["refresh-bob", "access-bob"]);
    assert_eq!(accounts_of(&world, &key).await, before);
    assert_eq!(health(&world, &account).await.generation, 1);
}

#[tokio::test]
async fn a_connect_code_is_for_the_key_that_began_and_for_sixty_seconds() {
    let world = World::new();
    let (key, other) = (bare_key(&world).await, bare_key(&world).await);
    let browser = Browser::new(&world);
    let body = json!({"return_uri": RETURN});
    let code = async |person, tag| {
        let consent = browser.open(&begin(&world, &key, body.clone()).await).await;
        x_connects(&world, person, tag);
        of_query(&location(&browser.agree(&consent, "code").await), "connect_code")
    };
    let redeem =
        async |key: &str, code: &str| world.post("/v1/connect/redeem", key, json!({"connect_code": code})).await;

    let first = code(ADA, "1").await;
    redeem(&other, &first).await.problem(400, "attempt-invalid");
    let (state, secret) = first.split_once('.').unwrap();
    for wrong in [format!("{state}.{}", "A".repeat(43)), format!("{state}.{state}"), secret.to_owned(), String::new()] {
        redeem(&key, &wrong).await.problem(400, "attempt-invalid");
    }
    world.clock.advance(59_999);
    redeem(&key, &first).await.expect_status(200);
    assert_eq!(accounts_of(&world, &other).await, Vec::<Value>::new());

    let second = code(BOB, "2").await;
    world.clock.advance(60_000);
    redeem(&key, &second).await.problem(400, "attempt-invalid");
    assert_eq!(accounts_of(&world, &key).await.len(), 1);
}

#[tokio::test]
async fn what_a_key_may_not_ask_is_told_by_field() {
    let world = World::new();
    let key = bare_key(&world).await;
    let cases = [
        (json!({"return_uri": format!("{RETURN}&x=1")}), "return_uri"),
        (json!({"return_uri": "https://evil.example/"}), "return_uri"),
        (json!({"scopes": ["tweet.read", "users.read", "everything"]}), "scopes[2]"),
        (json!({"scopes": []}), "scopes"),
        (json!({"label": ""}), "label"),
        (json!({"state": "s".repeat(513)}), "state"),
    ];
    for (body, field) in cases {
        let answer = world.post("/v1/connect", &key, body).await;
        answer.problem(422, "invalid-fields");
        assert_eq!(answer.fields(), [field]);
    }
    world.post("/v1/connect", &key, json!({"redirect": "x"})).await.problem(400, "invalid-body");
    world.post("/v1/connect", &key, json!({"account": "acc_0123456789abcdef"})).await.problem(404, "account-not-found");
    let reader = world.key([Scope::AccountsRead]).await;
    world.post("/v1/connect", &reader, json!({})).await.problem(403, "missing-scope");
    world.post("/v1/connect/redeem", &reader, json!({"connect_code": "a"})).await.problem(403, "missing-scope");
}

#[tokio::test]
async fn what_x_grants_is_what_is_kept() {
    let world = World::new();
    let key = bare_key(&world).await;
    let browser = Browser::new(&world);
    let consent = browser.open(&begin(&world, &key, json!({})).await).await;
    let less =
        json!({"token_type": "bearer", "expires_in": 7200, "scope": "tweet.read users.read", "access_token": "a"});
    world.x.on("POST", "/2/oauth2/token").answer(200, less);
    let me = json!({"data": {"id": ADA.id, "username": ADA.username, "name": "Ada"}});
    world.x.on("GET", "/2/users/me").answer(200, me);
    browser.agree(&consent, "code").await.expect_status(200);
    let accounts = accounts_of(&world, &key).await;
    assert_eq!(accounts[0]["scopes"], json!(["tweet.read", "users.read"]));
    world.clock.advance(7_200_000);
    let account = format!("/v1/accounts/{}", accounts[0]["id"].as_str().unwrap());
    let shown = world.get(&account, &key).await.expect_status(200).json();
    assert_eq!(shown["data"]["health"]["token_state"], "no_refresh");
}

#[tokio::test]
async fn a_browser_that_leaves_does_not_lose_the_account() {
    let world = Arc::new(World::new());
    let key = bare_key(&world).await;
    let held = Arc::new(Semaphore::new(0));
    let granted = json!({"token_type": "bearer", "access_token": "a", "refresh_token": "r", "scope": "tweet.read"});
    let browser = Browser::new(&world);
    let consent = browser.open(&begin(&world, &key, json!({})).await).await;
    world.x.on("POST", "/2/oauth2/token").held(&held).answer(200, granted);
    let me = json!({"data": {"id": ADA.id, "username": ADA.username, "name": "Ada"}});
    world.x.on("GET", "/2/users/me").answer(200, me);
    {
        let mut coming = Box::pin(browser.agree(&consent, "code"));
        while world.x.requests_to("POST", "/2/oauth2/token").is_empty() {
            assert!(futures_util::poll!(coming.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(accounts_of(&world, &key).await.len(), 0);
    held.add_permits(1);
    world.settle().await;
    assert_eq!(accounts_of(&world, &key).await.len(), 1);
}

#[tokio::test]
async fn a_key_that_is_revoked_meanwhile_connects_nothing() {
    let world = World::new();
    let key = bare_key(&world).await;
    let browser = Browser::new(&world);
    let consent = browser.open(&begin(&world, &key, json!({})).await).await;
    let (context, kid) = (world.context(), ApiKey::parse(&key).unwrap().kid().clone());
    let mut record = keys::load(&context, &kid).await.unwrap().unwrap();
    record.revoked_at = Some(world.now());
    record.version += 1;
    assert!(keys::update(&context, &record).await.unwrap());
    invalid_page(&browser.agree(&consent, "code").await);
    assert_eq!(token_calls(&world).len(), 0);
}

#[tokio::test]
async fn trouble_at_x_is_told_for_what_it_is_and_leaves_nothing_behind() {
    let world = World::new();
    let key = bare_key(&world).await;
    let browser = Browser::new(&world);
    let spent = json!({"error": "invalid_request", "error_description": "Value passed for the authorization code was invalid."});
    let client = json!({"error": "unauthorized_client", "error_description": "Missing valid authorization header"});
    for (status, body, expected, code) in [
        (400, spent, 400, "attempt-invalid"),
        (401, client, 502, "x-misconfigured"),
        (503, json!({}), 502, "x-unavailable"),
    ] {
        let consent = browser.open(&begin(&world, &key, json!({})).await).await;
        world.x.on("POST", "/2/oauth2/token").answer(status, body);
        let page = browser.agree(&consent, "code").await.expect_status(expected);
        assert!(page.text().contains(code), "{}", page.text());
    }
    // X grants tokens and then does not say whose they are: they are given back.
    let consent = browser.open(&begin(&world, &key, json!({})).await).await;
    x_grants(&world, "lost");
    world.x.on("GET", "/2/users/me").always().answer(503, json!({}));
    world.x.on("POST", "/2/oauth2/revoke").times(2).answer(200, json!({"revoked": true}));
    assert!(browser.agree(&consent, "code").await.status >= 500);
    assert_eq!(world.x.requests_to("POST", "/2/oauth2/revoke").len(), 2);
    assert_eq!(accounts_of(&world, &key).await.len(), 0);
}

#[tokio::test]
async fn a_program_gets_the_same_refusal_as_json() {
    let world = World::new();
    let answer = world.request("GET", "/connect/callback").header("accept", "application/json").send().await;
    answer.problem(400, "attempt-invalid");
}

#[tokio::test]
async fn no_secret_of_an_attempt_is_kept_or_written_down() {
    let world = World::new();
    let key = bare_key(&world).await;
    let browser = Browser::new(&world);
    let consent = browser.open(&begin(&world, &key, json!({"return_uri": RETURN})).await).await;
    let during = world.everything_kept();
    x_connects(&world, ADA, "canary");
    let back = location(&browser.agree(&consent, "code-canary").await);
    let code = of_query(&back, "connect_code");
    let kept = format!("{during}{}", world.everything_kept());
    world.post("/v1/connect/redeem", &key, json!({"connect_code": code})).await.expect_status(200);
    world.settle().await;
    let rows = serde_json::to_string(&world.queue.take()).unwrap();
    let kept = format!("{kept}{}{rows}", world.everything_kept());
    assert!(kept.contains("connect.redeem") && kept.contains("ada"), "the scan sees what is kept");
    let cookie = browser.cookie().unwrap();
    for secret in [
        token_calls(&world)[0]["code_verifier"].as_str(),
        cookie.split_once('=').unwrap().1,
        code.split_once('.').unwrap().1,
        "access-canary",
        "refresh-canary",
        "code-canary",
        &key,
    ] {
        assert!(!kept.contains(secret), "{secret}");
    }
}
