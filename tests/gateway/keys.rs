//! `/v1/keys`.

use axum::body::Body;
use perch::domain::api_key::{ApiKey, Scope};
use serde_json::{Value, json};

use super::world::{Answer, World};

const ACCOUNT: &str = "acc_0123456789abcdef";
const OTHER_ACCOUNT: &str = "acc_fedcba9876543210";

fn kid_of(key: &str) -> String {
    ApiKey::parse(key).unwrap().kid().to_string()
}

/// Makes a key over the API; gives its text and what the answer says of it.
async fn create(world: &World, admin: &str, body: Value) -> (String, Value) {
    let answer = world.post("/v1/keys", admin, body).await.expect_status(201);
    let data = answer.json()["data"].clone();
    (data["key"].as_str().unwrap().to_owned(), data)
}

async fn change(world: &World, admin: &str, kid: &str, body: Value) -> Answer {
    world.request("PATCH", &format!("/v1/keys/{kid}")).key(admin).json(&body).send().await
}

async fn revoke(world: &World, admin: &str, kid: &str) -> Answer {
    world.request("DELETE", &format!("/v1/keys/{kid}")).key(admin).send().await
}

/// A path that any key gets through to, and that none finds anything at.
async fn works(world: &World, key: &str) -> bool {
    match world.get("/v1/nowhere", key).await.status {
        404 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_made_key_is_shown_once_and_works() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let body = json!({
        "name": " shop ", "scopes": ["tweets:read", "tweets:write"], "accounts": [ACCOUNT], "default_account": ACCOUNT,
        "origins": ["https://shop.example"], "quota": {"per_minute": 60, "per_day": 1000},
        "return_uris": ["https://shop.example/connected", "http://127.0.0.1:3000/"], "expires_in_days": 30, "mode": "test",
    });
    let answer = world.post("/v1/keys", &admin, body).await.expect_status(201);
    let made = answer.json()["data"].clone();
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("perch_test_"));
    assert_eq!(made["kid"], kid_of(key));
    assert_eq!(answer.header("location"), format!("/v1/keys/{}", kid_of(key)));
    assert_eq!(made["name"], "shop");
    assert_eq!(made["created_at"], "2027-01-15T08:00:00.000Z");
    assert_eq!(made["expires_at"], "2027-02-14T08:00:00.000Z");
    assert!(works(&world, key).await);

    let shown = world.get(&format!("/v1/keys/{}", kid_of(key)), &admin).await.expect_status(200).json()["data"].clone();
    let mut without_secret = made.clone();
    without_secret.as_object_mut().unwrap().remove("key");
    assert_eq!(shown, without_secret);
    assert_eq!(shown["status"], "active");
    assert_eq!(shown["accounts"], json!([ACCOUNT]));
    assert_eq!(shown["quota"], json!({"per_minute": 60, "per_day": 1000}));
    assert!(!world.everything_kept().contains(key.split('_').nth(3).unwrap()));
}

#[tokio::test]
async fn a_key_lives_a_year_and_has_no_account_unless_it_is_told() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let (key, made) = create(&world, &admin, json!({"name": "plain", "scopes": ["tweets:read"]})).await;
    assert!(key.starts_with("perch_live_"));
    assert_eq!(made["accounts"], json!([]));
    assert_eq!(made["quota"], json!({"per_minute": 600, "per_day": null}));
    world.clock.advance(365 * 86_400_000 - 1);
    assert!(works(&world.another_isolate(), &key).await);
    world.clock.advance(1);
    assert!(!works(&world.another_isolate(), &key).await);
}

#[tokio::test]
async fn everything_wrong_with_a_key_is_told_at_once() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let body = json!({
        "name": "\u{7}", "scopes": ["tweets:read", "everything"], "accounts": [ACCOUNT, "me"], "default_account": "me",
        "origins": ["https://shop.example/", "null"], "quota": {"per_minute": 0, "per_day": 0},
        "return_uris": ["http://shop.example/"], "expires_in_days": 3651,
    });
    let answer = world.post("/v1/keys", &admin, body).await;
    answer.problem(422, "invalid-fields");
    let expected = [
        "expires_in_days",
        "name",
        "scopes[1]",
        "accounts[1]",
        "default_account",
        "origins[0]",
        "origins[1]",
        "quota.per_minute",
        "quota.per_day",
        "return_uris[0]",
    ];
    assert_eq!(answer.fields(), expected);
    assert_eq!(world.sql.rows("SELECT kid FROM api_keys").len(), 1, "only the admin's");
}

#[tokio::test]
async fn terms_that_contradict_each_other_are_refused() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let body = json!({"name": "a", "scopes": ["tweets:read"], "accounts": [OTHER_ACCOUNT], "default_account": ACCOUNT});
    assert_eq!(world.post("/v1/keys", &admin, body).await.fields(), ["default_account"]);
    let body = json!({"name": "a", "scopes": ["admin"], "origins": ["https://shop.example"]});
    assert_eq!(world.post("/v1/keys", &admin, body).await.fields(), ["origins"]);
    let body = json!({"name": "a", "scopes": []});
    assert_eq!(world.post("/v1/keys", &admin, body).await.fields(), ["scopes"]);
}

#[tokio::test]
async fn a_body_of_another_form_is_refused_with_the_place() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    for (body, field) in [
        (json!({"name": 7, "scopes": ["admin"]}), "name"),
        (json!({"name": "a", "scopes": ["admin"], "accounts": "some"}), "accounts"),
        (json!({"name": "a", "scopes": ["admin"], "secret": "x"}), "secret"),
        (json!({"name": "a", "scopes": ["admin"], "quota": {"per_minute": -1}}), "quota.per_minute"),
    ] {
        let answer = world.post("/v1/keys", &admin, body.clone()).await;
        answer.problem(400, "invalid-body");
        assert_eq!(answer.fields(), [field], "{body}");
    }
}

#[tokio::test]
async fn bodies_are_read_within_their_limits() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let post = || world.request("POST", "/v1/keys").key(&admin);
    let long = format!(r#"{{"name":"{}"}}"#, "a".repeat(70_000));
    let unannounced = post().header("content-type", "application/json").stream(Body::from(long));
    unannounced.send().await.problem(413, "body-too-large");
    post().body("text/plain", "{}").send().await.problem(415, "unsupported-media-type");
    post().body("application/json", "").send().await.problem(400, "invalid-body");
    post().body("application/json", "{\"name\": \"\u{0}").send().await.problem(400, "invalid-body");
    let never = Body::from_stream(futures_util::stream::pending::<Result<bytes::Bytes, std::io::Error>>());
    let slow = post().header("content-type", "application/json").stream(never);
    slow.send().await.problem(408, "body-timeout");
}

#[tokio::test]
async fn only_an_operator_sees_or_changes_keys() {
    let world = World::new();
    let every_other = Scope::ALL.into_iter().filter(|scope| *scope != Scope::Admin);
    let key = world.key(every_other).await;
    let kid = kid_of(&key);
    for (method, path) in [
        ("GET", "/v1/keys".to_owned()),
        ("POST", "/v1/keys".to_owned()),
        ("GET", format!("/v1/keys/{kid}")),
        ("PATCH", format!("/v1/keys/{kid}")),
        ("DELETE", format!("/v1/keys/{kid}")),
        ("POST", format!("/v1/keys/{kid}/rotate")),
    ] {
        // The body is none at all: who may not ask is told so before it is read.
        let answer = world.request(method, &path).key(&key).body("text/plain", "x").send().await;
        answer.problem(403, "missing-scope");
    }
    assert!(works(&world, &key).await);
}

#[tokio::test]
async fn keys_are_listed_newest_first_in_pages() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let mut expected = vec![kid_of(&admin)];
    for at in 0..4 {
        // Two keys are of one moment: a page may end between them.
        world.clock.advance(if at == 2 { 0 } else { 1000 });
        let (key, _) = create(&world, &admin, json!({"name": "n", "scopes": ["tweets:read"]})).await;
        expected.push(kid_of(&key));
    }
    let (mut listed, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = world.get(&format!("/v1/keys?limit=2{cursor}"), &admin).await.expect_status(200).json();
        assert_eq!(page["meta"]["result_count"], page["data"].as_array().unwrap().len());
        listed.extend(page["data"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()));
        assert!(!page.to_string().contains("hash"));
        pages += 1;
        match page["meta"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(listed.len(), 5);
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_names_its_members() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let answer = world.get("/v1/keys?limit=0&cursor=x", &admin).await;
    answer.problem(400, "invalid-request");
    assert_eq!(answer.fields(), ["limit", "cursor"]);
    world.get("/v1/keys?limit=201", &admin).await.problem(400, "invalid-request");
    world.get("/v1/keys?limits=1", &admin).await.problem(400, "invalid-request");
    world.get("/v1/keys?limit=1&limit=2", &admin).await.problem(400, "invalid-request");
}

#[tokio::test]
async fn unknown_keys_are_not_found() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    for kid in ["0123456789", "short", "%ff", "0123456789a"] {
        let path = format!("/v1/keys/{kid}");
        let status = world.get(&path, &admin).await.status;
        assert_eq!(status, if kid == "%ff" { 400 } else { 404 }, "{kid}");
    }
    change(&world, &admin, "0123456789", json!({"name": "a"})).await.problem(404, "key-not-found");
    revoke(&world, &admin, "0123456789").await.problem(404, "key-not-found");
    world.post("/v1/keys/0123456789/rotate", &admin, json!({})).await.problem(404, "key-not-found");
}

#[tokio::test]
async fn a_change_touches_what_it_names_and_nothing_else() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let body = json!({"name": "a", "scopes": ["tweets:read"], "accounts": [ACCOUNT], "default_account": ACCOUNT,
        "origins": ["https://shop.example"]});
    let (key, made) = create(&world, &admin, body).await;
    let kid = kid_of(&key);
    let changed = change(&world, &admin, &kid, json!({"name": "b"})).await.expect_status(200).json()["data"].clone();
    let mut expected = made.clone();
    expected.as_object_mut().unwrap().remove("key");
    expected["name"] = "b".into();
    expected["version"] = 2.into();
    assert_eq!(changed, expected);

    let cleared =
        change(&world, &admin, &kid, json!({"default_account": null, "accounts": "all", "origins": []})).await;
    let cleared = cleared.expect_status(200).json()["data"].clone();
    assert_eq!(cleared["default_account"], Value::Null);
    assert_eq!(cleared["accounts"], "all");
    assert_eq!(cleared["version"], 3);
    change(&world, &admin, &kid, json!({"scopes": ["nothing"]})).await.problem(422, "invalid-fields");
    change(&world, &admin, &kid, json!({"kid": "x"})).await.problem(400, "invalid-body");
}

#[tokio::test]
async fn an_origin_that_is_taken_from_every_key_is_no_longer_known_to_preflights() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let body = json!({"name": "a", "scopes": ["tweets:read"], "origins": ["https://shop.example"]});
    let (key, _) = create(&world, &admin, body).await;
    let allowed = async |world: World| {
        let preflight = world.request("OPTIONS", "/v1/tweets").header("origin", "https://shop.example");
        preflight.header("access-control-request-method", "POST").send().await.header("access-control-allow-origin")
    };
    assert_eq!(allowed(world.another_isolate()).await, "https://shop.example");
    change(&world, &admin, &kid_of(&key), json!({"origins": []})).await.expect_status(200);
    assert_eq!(allowed(world.another_isolate()).await, "");
}

#[tokio::test]
async fn a_rotated_key_works_until_its_overlap_ends() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let (old, made) =
        create(&world, &admin, json!({"name": "a", "scopes": ["tweets:read"], "expires_in_days": 10})).await;
    world.clock.advance(1000);
    let path = format!("/v1/keys/{}/rotate", kid_of(&old));
    let rotated = world.post(&path, &admin, json!({"overlap_s": 60})).await.expect_status(201).json()["data"].clone();
    let new = rotated["key"].as_str().unwrap().to_owned();
    assert_ne!(kid_of(&new), kid_of(&old));
    for member in ["name", "scopes", "accounts", "origins", "quota", "return_uris"] {
        assert_eq!(rotated[member], made[member], "{member}");
    }
    assert_eq!(rotated["expires_at"], "2027-01-25T08:00:01.000Z", "the new one lives as long as the old was meant to");
    let shown = world.get(&format!("/v1/keys/{}", kid_of(&old)), &admin).await.json()["data"].clone();
    assert_eq!((&shown["status"], &shown["replaced_by"]), (&json!("replaced"), &json!(kid_of(&new))));
    world.clock.advance(59_999);
    assert!(works(&world, &old).await && works(&world, &new).await);
    world.clock.advance(1);
    assert!(!works(&world, &old).await && works(&world, &new).await);
    world.post(&path, &admin, json!({})).await.problem(409, "conflict");
}

#[tokio::test]
async fn rotation_overlaps_a_day_unless_it_is_told() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let rotate = async |body: Option<Value>| {
        let (old, _) = create(&world, &admin, json!({"name": "a", "scopes": ["tweets:read"]})).await;
        let asking = world.request("POST", &format!("/v1/keys/{}/rotate", kid_of(&old))).key(&admin);
        (old, if let Some(body) = body { asking.json(&body) } else { asking }.send().await)
    };
    let (old, answer) = rotate(None).await;
    answer.expect_status(201);
    world.clock.advance(86_399_999);
    assert!(works(&world, &old).await);
    world.clock.advance(1);
    assert!(!works(&world, &old).await);
    let (old, answer) = rotate(Some(json!({"overlap_s": 0}))).await;
    answer.expect_status(201);
    assert!(!works(&world, &old).await);
    let (old, answer) = rotate(Some(json!({"overlap_s": 604_801}))).await;
    assert_eq!(answer.fields(), ["overlap_s"]);
    assert!(works(&world, &old).await);
}

#[tokio::test]
async fn a_revoked_key_stays_revoked() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let (key, _) = create(&world, &admin, json!({"name": "a", "scopes": ["tweets:read"]})).await;
    assert!(works(&world, &key).await);
    assert_eq!(revoke(&world, &admin, &kid_of(&key)).await.status, 204);
    assert!(!works(&world, &key).await);
    world.clock.advance(1000);
    assert_eq!(revoke(&world, &admin, &kid_of(&key)).await.status, 204, "again");
    let shown = world.get(&format!("/v1/keys/{}", kid_of(&key)), &admin).await.json()["data"].clone();
    assert_eq!((&shown["status"], &shown["version"]), (&json!("revoked"), &json!(2)));
    assert_eq!(shown["revoked_at"], "2027-01-15T08:00:00.000Z", "the first time counts");
    change(&world, &admin, &kid_of(&key), json!({"name": "b"})).await.problem(409, "conflict");
    let rotate = format!("/v1/keys/{}/rotate", kid_of(&key));
    world.post(&rotate, &admin, json!({})).await.problem(409, "conflict");
    assert!(!works(&world.another_isolate(), &key).await);
}

#[tokio::test]
async fn somebody_can_always_administer() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let kid = kid_of(&admin);
    let refused = revoke(&world, &admin, &kid).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("last key"));
    change(&world, &admin, &kid, json!({"scopes": ["tweets:read"]})).await.problem(409, "conflict");

    let expired = world.key_with([Scope::Admin], |key| key.expires_at = Some(key.created_at)).await;
    revoke(&world, &admin, &kid).await.problem(409, "conflict");
    assert_eq!(revoke(&world, &admin, &kid_of(&expired)).await.status, 204, "it administers nothing");

    // A key in its overlap will soon be gone: the one that took its place must stay.
    let rotated = world.post(&format!("/v1/keys/{kid}/rotate"), &admin, json!({})).await.expect_status(201);
    let new = rotated.json()["data"]["key"].as_str().unwrap().to_owned();
    revoke(&world, &admin, &kid_of(&new)).await.problem(409, "conflict");
    assert_eq!(revoke(&world, &new, &kid).await.status, 204);
    revoke(&world, &new, &kid_of(&new)).await.problem(409, "conflict");
    let (second, _) = create(&world, &new, json!({"name": "a", "scopes": ["admin"]})).await;
    assert_eq!(revoke(&world, &new, &kid_of(&new)).await.status, 204);
    assert!(works(&world, &second).await);
}

#[tokio::test]
async fn what_is_done_to_keys_stands_in_the_audit_trail() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let (key, _) = create(&world, &admin, json!({"name": "a", "scopes": ["tweets:read"]})).await;
    let kid = kid_of(&key);
    world.post("/v1/keys", &admin, json!({"name": "", "scopes": ["tweets:read"]})).await.problem(422, "invalid-fields");
    change(&world, &admin, &kid, json!({"name": "b"})).await.expect_status(200);
    world.post(&format!("/v1/keys/{kid}/rotate"), &admin, json!({})).await.expect_status(201);
    revoke(&world, &admin, &kid).await.expect_status(204);
    revoke(&world, &admin, &kid_of(&admin)).await.problem(409, "conflict");
    world.settle().await;
    let rows = world.queue.take();
    let told: Vec<_> =
        rows.iter().map(|row| (row.action.name(), row.target.as_deref(), row.outcome.as_str())).collect();
    let (kid, own) = (Some(kid.as_str()), kid_of(&admin));
    let expected = [
        ("key.create", kid, "ok"),
        ("key.create", None, "invalid-fields"),
        ("key.change", kid, "ok"),
        ("key.rotate", kid, "ok"),
        ("key.revoke", kid, "ok"),
        ("key.revoke", Some(own.as_str()), "conflict"),
    ];
    let sorted = |mut rows: Vec<_>| {
        rows.sort_unstable();
        rows
    };
    assert_eq!(sorted(told), sorted(expected.to_vec()));
    assert!(rows.iter().all(|row| row.key_id.as_deref() == Some(own.as_str())));
}

#[tokio::test]
async fn changes_wait_for_the_database() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    assert!(works(&world, &admin).await);
    world.sql.set_down(true);
    let answer = world.post("/v1/keys", &admin, json!({"name": "a", "scopes": ["tweets:read"]})).await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "2");
}
