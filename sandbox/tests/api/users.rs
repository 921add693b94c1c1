//! Looking users up.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn users_are_found_by_id_and_by_name() {
    let world = World::start().await;
    let token = world.connect("alice", ALL_SCOPES).await.access;
    let bob = json!({"id": BOB, "name": "Bob", "username": "bob"});
    let get = async |path: &str| json(world.get(path, &token).send().await.unwrap()).await;
    assert_eq!(get(&format!("/2/users/{BOB}")).await, json!({"data": bob}));
    assert_eq!(get("/2/users/by/username/BOB").await, json!({"data": bob}));
    assert_eq!(get("/2/users/by?usernames=bob").await["data"], json!([bob]));
    let some = get(&format!("/2/users?ids={BOB},1")).await;
    assert_eq!(some["data"], json!([bob]));
    assert_eq!(some["errors"][0]["detail"], "Could not find user with ids: [1].");
    assert!(get("/2/users/1").await.get("data").is_none());
}

#[tokio::test]
async fn without_the_scope_or_a_token_nobody_is_found() {
    let world = World::start().await;
    let token = world.connect("alice", "tweet.write").await.access;
    assert_eq!(world.get("/2/users/me", &token).send().await.unwrap().status(), 403);
    let nobody = world.http.get(world.url("/2/users/me")).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let said = r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#;
    assert_eq!(nobody.text().await.unwrap(), said);
}
