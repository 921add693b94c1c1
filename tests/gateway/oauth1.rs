//! Clients that sign with OAuth 1.0a: what they are given, what is taken of them, and everything that is not.

use perch::{
    domain::api_key::{AccountGrant, ApiKey, ConsumerKey, KeyId, Scope},
    services::keys,
    x::oauth1::{Credentials, SignedRequest, Token, authorization},
};
use serde_json::{Value, json};

use super::{
    browser::{ADA, BOB, Person, connect},
    world::{Answer, World},
};

const HERE: &str = "https://perch.example";
const ACCOUNTS: &str = "/v1/accounts";

fn kid_of(key: &str) -> String {
    ApiKey::parse(key).unwrap().kid().to_string()
}

fn consumer_key(kid: &str) -> String {
    ConsumerKey(KeyId::parse(kid).unwrap()).text()
}

/// A world with two connected accounts, a key that may use both, and the operator's key.
struct Scene {
    world: World,
    admin: String,
    key: String,
    ada: String,
    bob: String,
}

impl Scene {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&'static str, &str)]) -> Self {
        let world = World::with(settings);
        let admin = world.key([Scope::Admin]).await;
        let every_other = Scope::ALL.into_iter().filter(|scope| *scope != Scope::Admin);
        let key = world.key_with(every_other, |key| key.accounts = AccountGrant::default()).await;
        let (ada, bob) = (connect(&world, &key, ADA).await, connect(&world, &key, BOB).await);
        Self { world, admin, key, ada, bob }
    }

    fn path(&self) -> String {
        format!("/v1/keys/{}/oauth1", kid_of(&self.key))
    }

    async fn issue(&self, account: &str) -> Values {
        let answer = self.world.post(&self.path(), &self.admin, json!({"account_id": account})).await;
        Values(answer.expect_status(201).json()["data"].clone())
    }

    async fn end(&self) {
        self.world.request("DELETE", &self.path()).key(&self.admin).send().await.expect_status(204);
    }
}

/// The four values as they were issued.
#[derive(Clone, Debug, PartialEq)]
struct Values(Value);

impl Values {
    fn text(&self, name: &str) -> String {
        self.0[name].as_str().unwrap().to_owned()
    }

    fn with(&self, name: &str, value: &str) -> Self {
        let mut values = self.0.clone();
        values[name] = value.into();
        Self(values)
    }

    fn credentials(&self) -> Credentials {
        let token = Token { token: self.text("token").into(), secret: self.text("token_secret").into() };
        Credentials {
            consumer_key: self.text("consumer_key"),
            consumer_secret: self.text("consumer_secret").into(),
            token: Some(token),
        }
    }
}

/// A signed request in the making.
#[derive(Clone, Copy)]
struct Signing<'a> {
    scene: &'a Scene,
    values: &'a Values,
    method: &'a str,
    base: &'a str,
    path: &'a str,
    query: &'a [(&'a str, &'a str)],
    nonce: &'a str,
    late_s: i64,
}

impl<'a> Signing<'a> {
    /// A GET of the accounts, with everything right.
    fn new(scene: &'a Scene, values: &'a Values, nonce: &'a str) -> Self {
        Self { scene, values, method: "GET", base: HERE, path: ACCOUNTS, query: &[], nonce, late_s: 0 }
    }

    fn header(&self) -> String {
        let url = format!("{}{}", self.base, self.path);
        let request = SignedRequest { method: self.method, url: &url, query: self.query, ..SignedRequest::default() };
        let timestamp_s = self.scene.world.now().as_seconds().saturating_add_signed(self.late_s);
        authorization(&self.values.credentials(), &request, self.nonce, timestamp_s)
    }

    async fn send(&self) -> Answer {
        self.send_to(&self.scene.world, self.path, &self.header()).await
    }

    async fn send_to(&self, world: &World, path: &str, header: &str) -> Answer {
        world.request(self.method, path).header("authorization", header).send().await
    }
}

/// The handles in a list of accounts.
fn handles(answer: &Answer) -> Vec<String> {
    let list = answer.json()["data"].as_array().cloned().unwrap();
    list.iter().map(|account| account["username"].as_str().unwrap().to_owned()).collect()
}

/// What is the same in all refusals.
fn refusal(answer: &Answer) -> (Value, String) {
    let mut problem = answer.problem(401, "invalid-signature");
    let members = problem.as_object_mut().unwrap();
    members.retain(|name, _| !["correlation_id", "timestamp", "instance", "fingerprint"].contains(&name.as_str()));
    assert_eq!(answer.header("www-authenticate"), "OAuth realm=\"perch\"");
    (problem, answer.header("www-authenticate"))
}

#[tokio::test]
async fn four_values_are_issued_for_one_account_and_sign_for_it_alone() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.bob).await;
    assert_eq!(values.text("account_id"), scene.bob);
    assert!(values.text("token").starts_with("1002-"));
    assert!(values.text("consumer_key").contains(&kid_of(&scene.key)));
    let answer = Signing::new(&scene, &values, "1").send().await.expect_status(200);
    assert_eq!(handles(&answer), ["bob"]);
    assert!(!answer.header("ratelimit").is_empty(), "it counts against the key");
    let shown = scene.world.get(&format!("{ACCOUNTS}/{}", scene.ada), &scene.key).await;
    shown.expect_status(200);
    let path = format!("{ACCOUNTS}/{}", scene.ada);
    Signing { path: &path, ..Signing::new(&scene, &values, "2") }.send().await.problem(404, "account-not-found");
}

#[tokio::test]
async fn values_are_kept_nowhere_and_every_step_is_audited() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    Signing::new(&scene, &values, "1").send().await.expect_status(200);
    scene.end().await;
    scene.world.settle().await;
    let rows = scene.world.queue.take();
    let deeds: Vec<(&str, Option<&str>, Option<&str>)> = rows
        .iter()
        .filter(|row| row.action.name().starts_with("oauth1"))
        .map(|row| (row.action.name(), row.account_id.as_deref(), row.target.as_deref()))
        .collect();
    let kid = kid_of(&scene.key);
    let expected = [("oauth1.end", None, Some(kid.as_str())), ("oauth1.issue", Some(scene.ada.as_str()), Some(&kid))];
    assert_eq!(deeds.iter().copied().collect::<std::collections::BTreeSet<_>>(), expected.into());
    let kept = format!("{} {rows:?}", scene.world.everything_kept());
    for secret in ["consumer_secret", "token_secret"] {
        assert_eq!(values.text(secret).len(), 43);
        assert!(!kept.contains(&values.text(secret)), "{secret}");
    }
}

#[tokio::test]
async fn every_public_base_url_and_x_s_own_may_be_signed() {
    let scene = Scene::with(&[("PUBLIC_URLS", "https://api.perch.example/, http://127.0.0.1:8787")]).await;
    let values = scene.issue(&scene.ada).await;
    let bases =
        [HERE, "https://api.perch.example", "http://127.0.0.1:8787", "https://api.x.com", "https://api.twitter.com"];
    for base in bases {
        Signing { base, ..Signing::new(&scene, &values, base) }.send().await.expect_status(200);
    }
    for base in ["https://evil.example", "http://perch.example", "https://upload.x.com", "https://perch.example:8443"] {
        refusal(&Signing { base, ..Signing::new(&scene, &values, base) }.send().await);
    }
}

#[tokio::test]
async fn the_query_is_signed_as_it_came() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    let query = [("b", "2 ☃"), ("a", "+&="), ("a", "1"), ("b", "2 ☃")];
    let signing = Signing { query: &query, path: "/v1/nowhere", ..Signing::new(&scene, &values, "1") };
    let header = signing.header();
    let to = async |query: &str| signing.send_to(&scene.world, &format!("/v1/nowhere{query}"), &header).await;
    for query in [
        "?b=2%20%E2%98%83&a=%2B%26%3D&a=1",
        "?b=2%20%E2%98%83&a=%2B%26%3D&a=1&b=2%20%E2%98%82",
        "?b=2%20%E2%98%83&a=%2B%26%3D&a=1&b=2%20%E2%98%83&c",
        "?b=2%20%E2%98%83&a=+%26%3D&a=1&b=2%20%E2%98%83",
        "",
    ] {
        refusal(&to(query).await);
    }
    to("?b=2%20%E2%98%83&a=%2B%26%3D&a=1&b=2+%E2%98%83").await.problem(404, "route-not-found");
}

#[tokio::test]
async fn whatever_is_wrong_is_told_in_the_same_words() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    let others = scene.issue(&scene.bob).await;
    let unknown = consumer_key("0123456789");
    let silent = consumer_key(&kid_of(&scene.world.key([Scope::AccountsRead]).await));
    let wrong = [
        ("another consumer secret", values.with("consumer_secret", "x")),
        ("another token secret", values.with("token_secret", &values.text("consumer_secret"))),
        ("the other account's secret", values.with("token_secret", &others.text("token_secret"))),
        ("the other account's token", values.with("token", &others.text("token"))),
        ("an unknown key", values.with("consumer_key", &unknown)),
        ("a key that has issued nothing", values.with("consumer_key", &silent)),
        ("a mistyped key", values.with("consumer_key", "perch_oauth1_0123456789_000000")),
        ("a token of nobody's", values.with("token", "1001-0123456789abcdef000000")),
        ("X's own kind of key", values.with("consumer_key", "xvz1evFS4wEEPTGEFPHBog")),
    ];
    let expected = {
        let right = Signing::new(&scene, &values, "right");
        right.send().await.expect_status(200);
        refusal(&right.send().await) // the same again is a replay
    };
    for (what, wrong) in &wrong {
        assert_eq!(
            refusal(&Signing::new(&scene, wrong, what.split(' ').next().unwrap()).send().await),
            expected,
            "{what}"
        );
    }
    for header in ["OAuth x", "oauth ,", r#"OAuth realm="x""#, r#"OAuth oauth_token="x""#] {
        let answer = scene.world.request("GET", ACCOUNTS).header("authorization", header).send().await;
        assert_eq!(refusal(&answer), expected, "{header}");
    }
}

#[tokio::test]
async fn values_of_another_deployment_sign_nothing() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    let mut other = scene.world.clone();
    other.app = World::with(&[("PERCH_KEY_PEPPER", "CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=")]).app;
    let signing = Signing::new(&scene, &values, "1");
    refusal(&signing.send_to(&other, ACCOUNTS, &signing.header()).await);
    signing.send().await.expect_status(200);
}

#[tokio::test]
async fn a_nonce_is_taken_once_everywhere() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    let signing = Signing::new(&scene, &values, "once");
    let header = signing.header();
    signing.send_to(&scene.world, ACCOUNTS, &header).await.expect_status(200);
    refusal(&signing.send_to(&scene.world, ACCOUNTS, &header).await);
    refusal(&signing.send_to(&scene.world.another_isolate(), ACCOUNTS, &header).await);
    scene.world.objects.restart();
    refusal(&signing.send_to(&scene.world, ACCOUNTS, &header).await);
    // A wrong signature uses up nobody's nonce.
    let wrong = values.with("token_secret", "x");
    refusal(&Signing { values: &wrong, ..Signing::new(&scene, &values, "mine") }.send().await);
    Signing::new(&scene, &values, "mine").send().await.expect_status(200);
    // The same nonce in another second, or of another account, is another.
    Signing { late_s: -1, ..signing }.send().await.expect_status(200);
    let bob = scene.issue(&scene.bob).await;
    Signing { values: &bob, ..signing }.send().await.expect_status(200);
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_only_to_whoever_can_sign() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    for (late_s, nonce) in [(300, "1"), (-300, "2")] {
        Signing { late_s, ..Signing::new(&scene, &values, nonce) }.send().await.expect_status(200);
    }
    let plain = refusal(&Signing::new(&scene, &values.with("token_secret", "x"), "3").send().await);
    for (late_s, nonce) in [(301, "4"), (-301, "5"), (86_400, "6")] {
        let stale = Signing { late_s, ..Signing::new(&scene, &values, nonce) };
        let told = refusal(&stale.send().await);
        let detail = told.0["detail"].as_str().unwrap();
        assert!(detail.contains("clock") && detail.contains("1800000000"), "{detail}");
        let wrong = values.with("token_secret", "x");
        assert_eq!(refusal(&Signing { values: &wrong, ..stale }.send().await), plain);
    }
}

#[tokio::test]
async fn what_has_ended_signs_no_more_within_a_second() {
    let scene = Scene::new().await;
    let elsewhere = scene.world.another_isolate();
    let values = scene.issue(&scene.ada).await;
    let send = async |nonce: &str, values: &Values| {
        let signing = Signing::new(&scene, values, nonce);
        signing.send_to(&elsewhere, ACCOUNTS, &signing.header()).await
    };
    send("1", &values).await.expect_status(200);
    scene.end().await;
    scene.world.clock.advance(1000);
    refusal(&send("2", &values).await);

    // Issued anew they are others, and known elsewhere after two seconds.
    let anew = scene.issue(&scene.ada).await;
    assert_eq!(anew.text("token"), values.text("token"));
    for secret in ["consumer_secret", "token_secret"] {
        assert_ne!(anew.text(secret), values.text(secret));
    }
    scene.world.clock.advance(2000);
    send("3", &anew).await.expect_status(200);
    refusal(&send("4", &values).await);
    assert_eq!(scene.issue(&scene.ada).await, anew, "nothing was ended");

    let kid = kid_of(&scene.key);
    scene.world.request("DELETE", &format!("/v1/keys/{kid}")).key(&scene.admin).send().await.expect_status(204);
    scene.world.clock.advance(1000);
    refusal(&send("5", &anew).await);
    refusal(&Signing::new(&scene, &anew, "6").send().await);
    let again = scene.world.post(&scene.path(), &scene.admin, json!({"account_id": scene.ada})).await;
    again.problem(409, "conflict");
}

#[tokio::test]
async fn a_rotated_key_s_values_end_with_it() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    let kid = kid_of(&scene.key);
    let rotated = scene.world.post(&format!("/v1/keys/{kid}/rotate"), &scene.admin, json!({"overlap_s": 60})).await;
    let new = rotated.expect_status(201).json()["data"].clone();
    assert_eq!(new["oauth1"], false);
    Signing::new(&scene, &values, "1").send().await.expect_status(200);
    let consumer_key = consumer_key(new["kid"].as_str().unwrap());
    refusal(&Signing::new(&scene, &values.with("consumer_key", &consumer_key), "2").send().await);
    scene.world.clock.advance(60_000);
    refusal(&Signing::new(&scene, &values, "3").send().await);
}

#[tokio::test]
async fn a_grant_taken_back_takes_the_account_out_of_reach() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    let kid = kid_of(&scene.key);
    let change = scene.world.request("PATCH", &format!("/v1/keys/{kid}")).key(&scene.admin);
    change.json(&json!({"accounts": [scene.bob], "default_account": null})).send().await.expect_status(200);
    scene.world.clock.advance(1000);
    let answer = Signing::new(&scene, &values, "1").send().await.expect_status(200);
    assert!(handles(&answer).is_empty());
    let limits = Signing { path: "/v1/rate-limits", ..Signing::new(&scene, &values, "2") };
    limits.send().await.problem(400, "account-needed");
}

#[tokio::test]
async fn only_the_bound_account_is_acted_for() {
    let scene = Scene::new().await;
    let carol = connect(&scene.world, &scene.key, Person { id: "1003", username: "carol" }).await;
    let default = scene.world.request("PUT", &format!("{ACCOUNTS}/{carol}/default")).key(&scene.key);
    default.send().await.expect_status(200);
    let values = scene.issue(&scene.ada).await;
    let with = async |nonce: &str, named: Option<&str>| {
        let header = Signing { path: "/v1/rate-limits", ..Signing::new(&scene, &values, nonce) }.header();
        let mut asking = scene.world.request("GET", "/v1/rate-limits").header("authorization", &header);
        if let Some(named) = named {
            asking = asking.header("perch-account", named);
        }
        asking.send().await
    };
    // The key's default is another one.
    with("1", None).await.expect_status(200);
    assert_eq!(scene.world.access_log().last().unwrap()["account_id"], scene.ada.as_str());
    with("2", Some("@ada")).await.expect_status(200);
    for (nonce, named) in [("3", scene.bob.as_str()), ("4", "@carol"), ("5", "1002")] {
        with(nonce, Some(named)).await.problem(404, "account-not-found");
    }
}

#[tokio::test]
async fn a_signer_acts_as_an_account_and_as_nothing_else() {
    let world = World::new();
    let key = world.key(Scope::ALL).await;
    let ada = connect(&world, &key, ADA).await;
    let scene = Scene { world, admin: key.clone(), key, ada: ada.clone(), bob: String::new() };
    let values = scene.issue(&ada).await;
    for (nonce, method, path) in [
        ("1", "GET", "/v1/keys".to_owned()),
        ("2", "POST", "/v1/connect".to_owned()),
        ("3", "DELETE", format!("/v1/accounts/{ada}")),
        ("4", "GET", "/v1/audit".to_owned()),
        ("5", "POST", scene.path()),
        ("6", "GET", "/v1/breakers".to_owned()),
    ] {
        Signing { method, path: &path, ..Signing::new(&scene, &values, nonce) }
            .send()
            .await
            .problem(403, "missing-scope");
    }
}

#[tokio::test]
async fn forms_and_keys_beside_a_signature_are_refused_clearly() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    let signing = Signing { method: "POST", path: "/v1/tweets", ..Signing::new(&scene, &values, "1") };
    let asking = || scene.world.request("POST", "/v1/tweets").header("authorization", &signing.header());
    let form = asking().body("application/x-www-form-urlencoded", "status=a").send().await;
    form.problem(415, "unsupported-media-type");
    asking().header("x-api-key", &scene.key).json(&json!({})).send().await.problem(400, "invalid-request");
    // Two headers of a name arrive as one.
    asking().header("authorization", "Bearer x").json(&json!({})).send().await.problem(401, "invalid-signature");
    // None has used the nonce up, and JSON is not signed.
    scene.world.x.on("POST", "/2/tweets").answer(201, json!({"data": {"id": "7", "text": "a"}}));
    asking().json(&json!({"text": "a"})).send().await.expect_status(201);
}

#[tokio::test]
async fn where_nonces_cannot_be_asked_for_reads_go_on_and_writes_do_not() {
    let scene = Scene::new().await;
    let values = scene.issue(&scene.ada).await;
    scene.world.objects.set_down(true);
    Signing::new(&scene, &values, "1").send().await.expect_status(200);
    let write = Signing { method: "POST", path: "/v1/tweets", ..Signing::new(&scene, &values, "2") };
    let refused = write.send().await.problem(503, "unavailable");
    assert!(refused["detail"].as_str().unwrap().starts_with("Signatures"), "{refused}");
    scene.world.sql.set_down(true);
    scene.world.kv.set_down(true);
    let fresh = scene.world.another_isolate();
    let read = Signing::new(&scene, &values, "3");
    read.send_to(&fresh, ACCOUNTS, &read.header()).await.problem(503, "unavailable");
}

#[tokio::test]
async fn values_are_issued_only_for_the_key_s_own_accounts() {
    let scene = Scene::new().await;
    let other = scene.world.key_with([Scope::TweetsRead], |key| key.accounts = AccountGrant::default()).await;
    let ask = async |key: &str, path: String, body: Value| scene.world.post(&path, key, body).await;
    let path = |key: &str| format!("/v1/keys/{}/oauth1", kid_of(key));
    for account in [scene.ada.as_str(), "acc_0123456789abcdef", "me"] {
        let answer = ask(&scene.admin, path(&other), json!({"account_id": account})).await;
        answer.problem(422, "invalid-fields");
        assert_eq!(answer.fields(), ["account_id"]);
    }
    let answer = ask(&scene.admin, "/v1/keys/0123456789/oauth1".to_owned(), json!({"account_id": scene.ada})).await;
    answer.problem(404, "key-not-found");
    ask(&scene.key, path(&scene.key), json!({"account_id": scene.ada})).await.problem(403, "missing-scope");
    let kid = ApiKey::parse(&other).unwrap().kid().clone();
    let record = keys::newest(&scene.world.context(), &kid).await.unwrap().unwrap();
    assert_eq!((record.oauth1.serial(), record.version), (None, 1), "a refusal begins nothing");
}
