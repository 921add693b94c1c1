//! Key records in D1.

use std::sync::Arc;

use perch::{
    domain::api_key::{ApiKey, KeyId, KeyRecord, Scope},
    services::keys,
};

use super::world::World;

async fn stored(world: &World) -> Arc<KeyRecord> {
    let key = world.key([Scope::TweetsRead]).await;
    let kid = ApiKey::parse(&key).unwrap().kid().clone();
    keys::newest(&world.context(), &kid).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_record_is_read_as_it_was_written() {
    let world = World::new();
    let record = stored(&world).await;
    assert_eq!(record.scopes.iter().collect::<Vec<_>>(), [Scope::TweetsRead]);
    assert_eq!(record.version, 1);
    let row = &world.sql.rows("SELECT kid, name, version, created_at, revoked_at FROM api_keys")[0];
    assert_eq!(row["kid"], record.kid.as_str());
    assert_eq!(row["created_at"], record.created_at.as_ms());
    assert!(row["revoked_at"].is_null());
}

#[tokio::test]
async fn a_change_to_an_old_version_changes_nothing() {
    let world = World::new();
    let record = stored(&world).await;
    let next = |name: &str, version| KeyRecord { name: name.to_owned(), version, ..(*record).clone() };
    let context = world.context();
    assert!(keys::update(&context, &next("first", 2)).await.unwrap());
    assert!(!keys::update(&context, &next("second", 2)).await.unwrap(), "made from version 1, which is gone");
    let row = &world.sql.rows("SELECT name, version, json_extract(record, '$.name') AS told FROM api_keys")[0];
    assert_eq!((&row["name"], &row["told"], &row["version"]), (&"first".into(), &"first".into(), &2.into()));
    assert!(keys::update(&context, &next("third", 3)).await.unwrap());
}

#[tokio::test]
async fn a_kid_is_given_once() {
    let world = World::new();
    let record = stored(&world).await;
    assert!(keys::insert(&world.context(), &record).await.is_err());
    assert_eq!(world.sql.rows("SELECT kid FROM api_keys").len(), 1);
}

#[tokio::test]
async fn an_unknown_kid_has_no_record() {
    let world = World::new();
    let nobody = KeyId::parse("0123456789").unwrap();
    assert!(keys::load(&world.context(), &nobody).await.unwrap().is_none());
    assert!(
        !keys::update(&world.context(), &KeyRecord { kid: nobody, version: 2, ..(*stored(&world).await).clone() })
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn records_are_listed_newest_first() {
    let world = World::new();
    let mut made = Vec::new();
    for _ in 0..3 {
        world.clock.advance(1000);
        made.insert(0, stored(&world).await.kid.clone());
    }
    let listed = keys::load_all(&world.context(), u64::MAX, 2).await.unwrap();
    let listed: Vec<KeyId> = listed.into_iter().map(|record| record.kid).collect();
    assert_eq!(listed, made[..2]);
}
