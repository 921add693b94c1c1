//! Accounts: which one a request means, who may see it, and adding, changing, refreshing and removing one.

use std::collections::BTreeSet;

use perch::{
    domain::{
        api_key::{AccountGrant, ApiKey, Scope},
        caller::Caller,
        fault::Code,
        ids::AccountId,
    },
    services::{accounts, keys, tokens},
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{
    browser::{ADA, BOB, Browser, connect, x_grants},
    upstream::Recorded,
    world::{Answer, World},
};

const SCOPES: [Scope; 2] = [Scope::AccountsRead, Scope::AccountsWrite];

/// A key that has been granted nothing yet.
async fn bare_key(world: &World) -> String {
    world.key_with(SCOPES, |key| key.accounts = AccountGrant::default()).await
}

async fn caller(world: &World, key: &str) -> Caller {
    let kid = ApiKey::parse(key).unwrap().kid().clone();
    Caller::new(keys::newest(&world.context(), &kid).await.unwrap().unwrap())
}

/// Which account `key` gets when it names `named`.
async fn selected(world: &World, key: &str, named: Option<&str>) -> Result<String, Code> {
    let selected = accounts::select(&world.context(), &caller(world, key).await, named).await;
    selected.map(|account| account.id.to_string()).map_err(|fault| fault.code)
}

fn path(account: &str) -> String {
    format!("/v1/accounts/{account}")
}

async fn shown(world: &World, key: &str, account: &str) -> Value {
    world.get(&path(account), key).await.expect_status(200).json()["data"].clone()
}

async fn patch(world: &World, key: &str, account: &str, body: Value) -> Answer {
    world.request("PATCH", &path(account)).key(key).json(&body).send().await
}

#[tokio::test]
async fn an_account_is_named_by_its_id_its_handle_or_x_s_id() {
    let world = World::new();
    let key = bare_key(&world).await;
    let (ada, bob) = (connect(&world, &key, ADA).await, connect(&world, &key, BOB).await);
    assert_eq!(selected(&world, &key, Some(&bob)).await.as_ref(), Ok(&bob));
    assert_eq!(selected(&world, &key, Some("@BoB")).await.as_ref(), Ok(&bob));
    assert_eq!(selected(&world, &key, Some("1002")).await.as_ref(), Ok(&bob));
    assert_eq!(selected(&world, &key, None).await.as_ref(), Ok(&ada), "the first connected is the default");
    assert_eq!(selected(&world, &key, Some("bob")).await, Err(Code::InvalidRequest), "a handle needs its @");
    assert_eq!(selected(&world, &key, Some("@nobody")).await, Err(Code::AccountNotFound));
}

#[tokio::test]
async fn an_account_that_is_not_granted_does_not_exist() {
    let world = World::new();
    let (key, other) = (bare_key(&world).await, bare_key(&world).await);
    let ada = connect(&world, &key, ADA).await;
    connect(&world, &other, BOB).await;
    for named in [ada.as_str(), "@ada", "1001"] {
        assert_eq!(selected(&world, &other, Some(named)).await, Err(Code::AccountNotFound), "{named}");
        assert_eq!(selected(&world, &key, Some(named)).await.as_ref(), Ok(&ada), "{named}");
    }
}

#[tokio::test]
async fn without_a_name_there_must_be_a_default_or_only_one() {
    let world = World::new();
    let all = world.key(SCOPES).await;
    assert_eq!(selected(&world, &all, None).await, Err(Code::AccountNeeded));
    let first = bare_key(&world).await;
    let ada = connect(&world, &first, ADA).await;
    assert_eq!(selected(&world, &all, None).await.as_ref(), Ok(&ada), "the only one");
    let bob = connect(&world, &first, BOB).await;
    assert_eq!(selected(&world, &all, None).await, Err(Code::AccountNeeded), "two");
    let ids = |ids: &[&String]| AccountGrant::Only(ids.iter().map(|id| AccountId::parse(id).unwrap()).collect());
    let one = world.key_with(SCOPES, |key| key.accounts = ids(&[&bob])).await;
    assert_eq!(selected(&world, &one, None).await.as_ref(), Ok(&bob));
    let none = bare_key(&world).await;
    assert_eq!(selected(&world, &none, None).await, Err(Code::AccountNeeded));
    // A default that is gone is as good as none.
    let gone = AccountId::make(&[9; 16]);
    let dangling = world
        .key_with(SCOPES, |key| {
            key.accounts = AccountGrant::Only(BTreeSet::from([gone.clone(), AccountId::parse(&ada).unwrap()]));
            key.default_account = Some(gone.clone());
        })
        .await;
    assert_eq!(selected(&world, &dangling, None).await.as_ref(), Ok(&ada));
}

#[tokio::test]
async fn a_warm_isolate_asks_the_database_nothing_for_thirty_seconds() {
    let world = World::new();
    let key = bare_key(&world).await;
    let ada = connect(&world, &key, ADA).await;
    let (caller, stranger) = (caller(&world, &key).await, caller(&world, &bare_key(&world).await).await);
    let select = async |caller: &Caller, named| {
        let selected = accounts::select(&world.context(), caller, named).await;
        selected.map(|account| account.id.to_string()).map_err(|fault| fault.code)
    };
    assert_eq!(select(&caller, None).await.as_ref(), Ok(&ada));
    assert_eq!(select(&caller, Some("@ada")).await.as_ref(), Ok(&ada));
    world.sql.set_down(true);
    world.clock.advance(29_999);
    assert_eq!(select(&caller, None).await.as_ref(), Ok(&ada));
    assert_eq!(select(&caller, Some("@ada")).await.as_ref(), Ok(&ada));
    assert_eq!(select(&stranger, Some("@ada")).await, Err(Code::AccountNotFound), "what is remembered is nobody's");
    world.clock.advance(1);
    assert_eq!(select(&caller, None).await, Err(Code::Unavailable));
}

#[tokio::test]
async fn every_door_to_another_key_s_account_is_the_door_to_nothing() {
    let world = World::new();
    let (key, other) = (bare_key(&world).await, bare_key(&world).await);
    let ada = connect(&world, &key, ADA).await;
    let kept = world.sql.dump();
    for account in [ada.as_str(), "acc_0123456789abcdef", "@ada", "1001", "nonsense"] {
        let path = path(account);
        for (method, path, body) in [
            ("GET", path.clone(), None),
            ("PATCH", path.clone(), Some(json!({"paused": true, "default": true, "label": "mine"}))),
            ("DELETE", path.clone(), None),
            ("PUT", format!("{path}/default"), None),
            ("POST", format!("{path}/refresh"), None),
        ] {
            let mut asking = world.request(method, &path).key(&other);
            if let Some(body) = &body {
                asking = asking.json(body);
            }
            let problem = asking.send().await.problem(404, "account-not-found");
            assert_eq!(problem["detail"], "No such account is connected, or this key may not use it.");
        }
        let body = json!({"account": account});
        world.post("/v1/connect", &other, body).await.problem(404, "account-not-found");
    }
    assert_eq!(world.get("/v1/accounts", &other).await.json()["meta"]["result_count"], 0);
    assert_eq!(world.sql.dump(), kept, "and nothing was changed");
    assert_eq!(shown(&world, &key, &ada).await["health"]["token_state"], "fresh");
}

#[tokio::test]
async fn an_account_tells_how_it_is() {
    let world = World::new();
    let key = bare_key(&world).await;
    let ada = connect(&world, &key, ADA).await;
    let account = shown(&world, &key, &ada).await;
    assert_eq!(account["kind"], "oauth2");
    assert_eq!(account["name"], "Name of ada");
    assert_eq!(account["connected_at"], "2027-01-15T08:00:00.000Z");
    let health = &account["health"];
    assert_eq!((&health["token_state"], &health["generation"]), (&json!("fresh"), &json!(1)));
    assert_eq!(health["expires_at"], "2027-01-15T10:00:00.000Z");
    assert_eq!((&health["refresh_failures"], &health["last_error"]), (&json!(0), &Value::Null));
    let list = world.get("/v1/accounts", &key).await.json();
    assert_eq!(list["data"][0].get("health"), None, "a list asks no object");
}

#[tokio::test]
async fn label_pause_and_default_are_changed() {
    let world = World::new();
    let key = bare_key(&world).await;
    let (ada, bob) = (connect(&world, &key, ADA).await, connect(&world, &key, BOB).await);
    let changed = patch(&world, &key, &bob, json!({"label": "press", "default": true})).await.expect_status(200);
    assert_eq!(changed.json()["data"]["label"], "press");
    assert_eq!(changed.json()["data"]["is_default"], true);
    assert_eq!(selected(&world, &key, None).await.as_ref(), Ok(&bob));
    let put = world.request("PUT", &format!("{}/default", path(&ada))).key(&key).send().await.expect_status(200);
    assert_eq!(put.json()["data"]["is_default"], true);
    assert_eq!(selected(&world, &key, None).await.as_ref(), Ok(&ada));

    patch(&world, &key, &bob, json!({"paused": true})).await.expect_status(200);
    let bob_id = AccountId::parse(&bob).unwrap();
    let credential = async || tokens::credential(&world.context(), &bob_id, None).await.map_err(|fault| fault.code);
    assert_eq!(credential().await.err(), Some(Code::AccountPaused));
    assert_eq!(shown(&world, &key, &bob).await["label"], "press", "what is not named stays");
    patch(&world, &key, &bob, json!({"paused": false, "label": null})).await.expect_status(200);
    assert!(credential().await.is_ok());
    let account = shown(&world, &key, &bob).await;
    assert_eq!((&account["label"], &account["paused"]), (&Value::Null, &json!(false)));
    patch(&world, &key, &bob, json!({"label": "\n"})).await.problem(422, "invalid-fields");
    patch(&world, &key, &bob, json!({"name": "x"})).await.problem(400, "invalid-body");
}

#[tokio::test]
async fn removing_an_account_revokes_its_tokens_at_x() {
    let world = World::new();
    let key = bare_key(&world).await;
    let ada = connect(&world, &key, ADA).await;
    world.x.on("POST", "/2/oauth2/revoke").times(2).answer(200, json!({"revoked": true}));
    let removed = world.request("DELETE", &path(&ada)).key(&key).send().await;
    assert_eq!((removed.status, removed.text()), (204, ""));
    let revoked: BTreeSet<Vec<(String, String)>> =
        world.x.requests_to("POST", "/2/oauth2/revoke").iter().map(Recorded::form).collect();
    let form = |token: &str, hint: &str| {
        [("token", token), ("token_type_hint", hint), ("client_id", "client")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    };
    assert_eq!(revoked, BTreeSet::from([form("access-ada", "access_token"), form("refresh-ada", "refresh_token")]));
    world.get(&path(&ada), &key).await.problem(404, "account-not-found");
    assert_eq!(selected(&world, &key, None).await, Err(Code::AccountNeeded));
    let id = AccountId::parse(&ada).unwrap();
    assert!(tokens::credential(&world.context(), &id, None).await.is_err());
    let kept = format!("{:?}{:?}", world.kv.snapshot(), world.objects.stored());
    assert!(!kept.contains("v1.k1."), "no envelope is left: {kept}");
    // The same X user, connected anew, is a new account, and the key's default again.
    let again = connect(&world, &key, ADA).await;
    assert_ne!(again, ada);
    assert_eq!(selected(&world, &key, None).await.as_ref(), Ok(&again));
}

#[tokio::test]
async fn what_x_did_not_revoke_is_told() {
    let world = World::new();
    let key = bare_key(&world).await;
    let ada = connect(&world, &key, ADA).await;
    world.settle().await;
    world.queue.take();
    world.x.on("POST", "/2/oauth2/revoke").break_off();
    world.x.on("POST", "/2/oauth2/revoke").answer(200, json!({"revoked": true}));
    world.request("DELETE", &path(&ada)).key(&key).send().await.expect_status(204);
    world.settle().await;
    let rows = world.queue.take();
    let reason = "X did not revoke the refresh token";
    assert!(rows.iter().any(|row| row.action.name() == "account.remove" && row.reason.as_deref() == Some(reason)));
    assert!(world.log.lines().iter().any(|line| line["reason"] == reason && line["account_id"] == ada));
}

#[tokio::test]
async fn a_removal_that_could_not_finish_is_finished_by_asking_again() {
    let world = World::new();
    let key = bare_key(&world).await;
    let ada = connect(&world, &key, ADA).await;
    world.get(&path(&ada), &key).await.expect_status(200);
    world.objects.set_down(true);
    world.request("DELETE", &path(&ada)).key(&key).send().await.problem(503, "unavailable");
    world.objects.set_down(false);
    assert_eq!(shown(&world, &key, &ada).await["health"]["token_state"], "fresh");
    world.x.on("POST", "/2/oauth2/revoke").times(2).answer(200, json!({"revoked": true}));
    world.request("DELETE", &path(&ada)).key(&key).send().await.expect_status(204);
}

#[tokio::test]
async fn a_refresh_is_made_when_it_is_asked_for() {
    let world = World::new();
    let key = bare_key(&world).await;
    let ada = connect(&world, &key, ADA).await;
    x_grants(&world, "second");
    let refreshed = world.post(&format!("{}/refresh", path(&ada)), &key, Value::Null).await;
    let refreshed = refreshed.expect_status(200).json();
    assert_eq!(refreshed["data"]["health"]["generation"], 2);
    let refresh = world.x.requests_to("POST", "/2/oauth2/token").pop().unwrap().form();
    assert!(refresh.contains(&("refresh_token".to_owned(), "refresh-ada".to_owned())));
    let id = AccountId::parse(&ada).unwrap();
    match tokens::credential(&world.context(), &id, None).await {
        Ok(tokens::Credential::Bearer { token, .. }) => assert_eq!(token.expose_secret(), "access-second"),
        _ => panic!("no bearer token"),
    }
}

#[tokio::test]
async fn a_thousand_callers_of_an_expired_token_make_one_refresh() {
    let world = World::new();
    let key = bare_key(&world).await;
    let ada = AccountId::parse(&connect(&world, &key, ADA).await).unwrap();
    world.clock.advance(7_200_001);
    x_grants(&world, "second");
    let context = world.context();
    let askers = (0..1000).map(|_| tokens::credential(&context, &ada, None));
    let credentials = futures_util::future::join_all(askers).await;
    world.settle().await;
    assert!(credentials.iter().all(|credential| credential.as_ref().is_ok_and(|one| one.generation() == 2)));
    let refreshes = world.x.requests_to("POST", "/2/oauth2/token");
    assert_eq!(refreshes.len(), 2, "one for the code, one for a thousand");
}

mod with_oauth1 {
    //! Accounts with OAuth 1.0a tokens.

    use super::*;

    fn body() -> Value {
        json!({"oauth_token": "1001-token", "oauth_token_secret": "secret-canary", "label": "bot"})
    }

    fn x_knows_ada(world: &World) {
        let me = json!({"data": {"id": ADA.id, "username": ADA.username, "name": "Ada"}});
        world.x.on("GET", "/2/users/me").answer(200, me);
    }

    #[tokio::test]
    async fn tokens_are_verified_kept_and_signed_with() {
        let world = World::new();
        let key = bare_key(&world).await;
        x_knows_ada(&world);
        let added = world.post("/v1/accounts", &key, body()).await.expect_status(201).json();
        let account = added["data"]["id"].as_str().unwrap();
        assert_eq!((&added["data"]["kind"], &added["data"]["label"]), (&json!("oauth1"), &json!("bot")));
        assert_eq!(added["data"]["is_default"], true);
        let asked = &world.x.requests_to("GET", "/2/users/me")[0];
        let signed = asked.header("authorization").unwrap();
        assert!(signed.starts_with("OAuth ") && signed.contains("oauth_token=\"1001-token\""), "{signed}");
        assert_eq!(shown(&world, &key, account).await["health"]["token_state"], "fresh");
        let id = AccountId::parse(account).unwrap();
        let credential = tokens::credential(&world.context(), &id, None).await;
        assert!(matches!(credential, Ok(tokens::Credential::Sign { .. })));
        assert!(!world.everything_kept().contains("secret-canary"));
        let refresh = world.post(&format!("{}/refresh", path(account)), &key, Value::Null).await;
        refresh.problem(409, "conflict");
        world.request("DELETE", &path(account)).key(&key).send().await.expect_status(204);
    }

    #[tokio::test]
    async fn they_do_not_replace_an_oauth2_connection() {
        let world = World::new();
        let key = bare_key(&world).await;
        let ada = connect(&world, &key, ADA).await;
        x_knows_ada(&world);
        world.post("/v1/accounts", &key, body()).await.problem(409, "conflict");
        assert_eq!(shown(&world, &key, &ada).await["health"]["generation"], 1);
    }

    #[tokio::test]
    async fn an_oauth2_connection_replaces_them() {
        let world = World::new();
        let key = bare_key(&world).await;
        x_knows_ada(&world);
        let added = world.post("/v1/accounts", &key, body()).await.expect_status(201).json();
        let ada = connect(&world, &key, ADA).await;
        assert_eq!(added["data"]["id"], ada);
        let account = shown(&world, &key, &ada).await;
        assert_eq!((&account["kind"], &account["health"]["generation"]), (&json!("oauth2"), &json!(2)));
    }

    #[tokio::test]
    async fn tokens_x_refuses_are_told_by_field() {
        let world = World::new();
        let key = bare_key(&world).await;
        let refusal = json!({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"});
        world.x.on("GET", "/2/users/me").answer(401, refusal);
        let answer = world.post("/v1/accounts", &key, body()).await;
        answer.problem(422, "invalid-fields");
        assert_eq!(answer.fields(), ["oauth_token"]);
        assert_eq!(world.get("/v1/accounts", &key).await.json()["meta"]["result_count"], 0);
    }

    #[tokio::test]
    async fn without_consumer_credentials_there_is_nothing_to_sign_with() {
        let world = World::with(&[("X_CONSUMER_KEY", "")]);
        let key = bare_key(&world).await;
        world.post("/v1/accounts", &key, body()).await.problem(502, "x-misconfigured");
    }
}

#[tokio::test]
async fn an_account_of_another_isolate_is_seen_here() {
    let world = World::new();
    let key = bare_key(&world).await;
    let elsewhere = world.another_isolate();
    let ada = connect(&world, &key, ADA).await;
    let seen = elsewhere.get(&path(&ada), &key).await.expect_status(200).json();
    assert_eq!(seen["data"]["username"], "ada");
    let begun = elsewhere.post("/v1/connect", &key, json!({})).await.expect_status(201).json();
    // The attempt's object decides, whichever isolate the browser meets.
    Browser::new(&world).open(begun["data"]["url"].as_str().unwrap()).await;
}
