//! `/v1/audit`, and the jobs that bring rows there.

use perch::{
    domain::{
        Timestamp,
        api_key::{ApiKey, Scope},
        audit::{Action, AuditRow},
    },
    jobs::Verdict,
    services::audit,
};
use serde_json::{Value, json};

use super::world::{START, World};

const ACCOUNT: &str = "acc_0123456789abcdef";

fn kid_of(key: &str) -> String {
    ApiKey::parse(key).unwrap().kid().to_string()
}

fn row(id: usize, at: Timestamp) -> AuditRow {
    AuditRow {
        id: format!("row-{id:04}"),
        at,
        key_id: Some("0123456789".to_owned()),
        account_id: Some(ACCOUNT.to_owned()),
        action: Action::TweetCreate,
        target: None,
        outcome: "ok".to_owned(),
        correlation_id: "c".to_owned(),
        text_sha256: None,
        reason: None,
    }
}

async fn insert(world: &World, rows: &[AuditRow]) {
    audit::insert(&world.context(), rows).await.unwrap();
}

/// The ids on the page at `path`, in their order.
async fn ids(world: &World, key: &str, path: &str) -> Vec<String> {
    ids_of(&world.get(path, key).await.expect_status(200).json())
}

fn ids_of(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
}

/// As the queue hands them over.
fn messages(rows: &[AuditRow]) -> Vec<Option<String>> {
    rows.iter().map(|row| serde_json::to_string(row).ok()).collect()
}

fn stored(world: &World) -> usize {
    world.sql.rows("SELECT id FROM audit").len()
}

fn parked(world: &World) -> usize {
    world.kv.snapshot().keys().filter(|key| key.starts_with("audit-dead:")).count()
}

#[tokio::test]
async fn what_a_request_did_can_be_read_with_its_request_id() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let made = world.post("/v1/keys", &admin, json!({"name": "a", "scopes": ["tweets:read"]})).await.expect_status(201);
    world.settle().await;
    let verdicts = world.app.audit_batch(world.ports(), &messages(&world.queue.take())).await;
    assert_eq!(verdicts, [Verdict::Done]);
    let page = world.get("/v1/audit", &admin).await.expect_status(200).json();
    let entry = &page["data"][0];
    assert_eq!(entry["action"], "key.create");
    assert_eq!(entry["at"], "2027-01-15T08:00:00.000Z");
    assert_eq!(entry["key_id"], kid_of(&admin));
    assert_eq!(entry["target"], made.json()["data"]["kid"]);
    assert_eq!(entry["outcome"], "ok");
    assert_eq!(entry["correlation_id"], made.header("x-request-id"));
}

#[tokio::test]
async fn a_queue_that_refuses_is_passed_by() {
    let world = World::new();
    world.queue.set_down(true);
    let admin = world.key([Scope::Admin]).await;
    world.post("/v1/keys", &admin, json!({"name": "a", "scopes": ["tweets:read"]})).await.expect_status(201);
    world.settle().await;
    assert_eq!(stored(&world), 1);
}

#[tokio::test]
async fn with_queue_and_database_down_the_log_is_the_last_witness() {
    let world = World::new();
    world.queue.set_down(true);
    let admin = world.key([Scope::Admin]).await;
    world.get("/v1/keys", &admin).await.expect_status(200);
    world.sql.set_down(true);
    world.post("/v1/keys", &admin, json!({"name": "a", "scopes": ["tweets:read"]})).await.problem(503, "unavailable");
    world.settle().await;
    let lines = world.log.lines();
    let line = lines.iter().find(|line| line["message"] == "an audit row could not be written").unwrap();
    assert_eq!(line["row"]["action"], "key.create");
    assert_eq!(line["row"]["outcome"], "unavailable");
}

#[tokio::test]
async fn every_filter_narrows_the_choice() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let (one, other) = (row(1, START), row(2, START.plus_ms(1000)));
    let like = AuditRow { action: Action::LikeCreate, ..row(3, START.plus_ms(2000)) };
    let failed = AuditRow { outcome: "x-timeout".to_owned(), ..row(4, START.plus_ms(3000)) };
    let elsewhere = AuditRow { account_id: Some("acc_fedcba9876543210".to_owned()), ..row(5, START.plus_ms(4000)) };
    let foreign = AuditRow { key_id: Some("9876543210".to_owned()), ..row(6, START.plus_ms(5000)) };
    let own = AuditRow { key_id: None, account_id: None, ..row(7, START.plus_ms(6000)) };
    insert(&world, &[one, other, like, failed, elsewhere, foreign, own]).await;
    for (query, expected) in [
        ("", "7654321"),
        ("?action=like.create", "3"),
        ("?outcome=x-timeout", "4"),
        ("?outcome=ok&action=tweet.create", "76521"),
        ("?account=acc_fedcba9876543210", "5"),
        ("?key=9876543210", "6"),
        ("?key=9876543210&account=acc_fedcba9876543210", ""),
        ("?since=2027-01-15T08:00:05Z", "76"),
        ("?until=2027-01-15T08:00:01Z", "1"),
        ("?since=2027-01-15T09:00:01%2B01:00&until=2027-01-15T08:00:03.000Z", "32"),
        ("?limit=2", "76"),
    ] {
        let found: String =
            ids(&world, &admin, &format!("/v1/audit{query}")).await.iter().filter_map(|id| id.chars().last()).collect();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repeat() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    // Several rows are of one moment: a page may end between them.
    let rows: Vec<AuditRow> = (0..25).map(|id| row(id, START.plus_ms((id / 10) as u64))).collect();
    insert(&world, &rows).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(&format!("/v1/audit?limit=4{cursor}"), &admin).await.expect_status(200).json();
        seen.extend(ids_of(&page));
        // What is written meanwhile is newer, and moves no page.
        insert(&world, &[row(100 + seen.len(), START.plus_ms(1000))]).await;
        match page["meta"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let expected: Vec<String> = rows.iter().rev().map(|row| row.id.clone()).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_key_without_admin_sees_its_own_rows_alone() {
    let world = World::new();
    let key = world.key([Scope::AuditRead]).await;
    let own = AuditRow { key_id: Some(kid_of(&key)), ..row(1, START) };
    let nobodys = AuditRow { key_id: None, ..row(2, START) };
    insert(&world, &[own, nobodys, row(3, START)]).await;
    assert_eq!(ids(&world, &key, "/v1/audit").await, ["row-0001"]);
    assert_eq!(ids(&world, &key, &format!("/v1/audit?key={}", kid_of(&key))).await, ["row-0001"]);
    world.get("/v1/audit?key=0123456789", &key).await.problem(403, "missing-scope");
    world.post("/v1/audit/replay", &key, json!({})).await.problem(403, "missing-scope");
    let blind = world.key([Scope::TweetsRead]).await;
    world.get("/v1/audit", &blind).await.problem(403, "missing-scope");
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_named() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let query = "action=tweet.explode&account=me&key=mine&since=yesterday&until=1&limit=201&cursor=x";
    let answer = world.get(&format!("/v1/audit?{query}"), &admin).await;
    answer.problem(400, "invalid-request");
    assert_eq!(answer.fields(), ["limit", "cursor", "action", "account", "key", "since", "until"]);
    world.get("/v1/audit?actions=tweet.create", &admin).await.problem(400, "invalid-request");
}

#[tokio::test]
async fn a_batch_is_written_once_however_often_it_comes() {
    let world = World::new();
    let rows: Vec<AuditRow> = (0..120).map(|id| row(id, START)).collect();
    for _ in 0..2 {
        let verdicts = world.app.audit_batch(world.ports(), &messages(&rows)).await;
        assert_eq!(verdicts, vec![Verdict::Done; 120]);
    }
    assert_eq!(stored(&world), 120);
}

#[tokio::test]
async fn a_batch_comes_again_while_the_database_is_down() {
    let world = World::new();
    let messages = [messages(&[row(1, START)]), vec![Some("no row".to_owned()), None]].concat();
    world.sql.set_down(true);
    let verdicts = world.app.audit_batch(world.ports(), &messages).await;
    assert_eq!(verdicts, [Verdict::Again, Verdict::Done, Verdict::Done], "what is no row never comes again");
    world.sql.set_down(false);
    let verdicts = world.app.audit_batch(world.ports(), &messages).await;
    assert_eq!(verdicts, [Verdict::Done; 3]);
    assert_eq!(stored(&world), 1);
}

#[tokio::test]
async fn a_malformed_message_is_logged_without_its_words() {
    let world = World::new();
    let canary = json!({"id": "a", "at": "canary"}).to_string();
    world.app.audit_batch(world.ports(), &[Some(canary)]).await;
    let lines = world.log.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["message"], "a queue message is no audit row");
    assert!(!lines[0].to_string().contains("canary"));
}

#[tokio::test]
async fn a_dead_letter_is_written_or_parked_but_never_lost() {
    let world = World::new();
    let rows: Vec<AuditRow> = (0..3).map(|id| row(id, START)).collect();
    let verdicts = world.app.audit_dead(world.ports(), &messages(&rows[..1])).await;
    assert_eq!((verdicts, stored(&world), parked(&world)), (vec![Verdict::Done], 1, 0), "the database is back");
    world.sql.set_down(true);
    let verdicts = world.app.audit_dead(world.ports(), &messages(&rows)).await;
    assert_eq!((verdicts, parked(&world)), (vec![Verdict::Done; 3], 3));
    world.kv.set_down(true);
    let verdicts = world.app.audit_dead(world.ports(), &messages(&rows)).await;
    assert_eq!(verdicts, [Verdict::Again; 3], "neither takes it: the queue keeps it");
}

#[tokio::test]
async fn a_tick_brings_parked_rows_home() {
    let world = World::new();
    let rows: Vec<AuditRow> = (0..60).map(|id| row(id, START)).collect();
    world.sql.set_down(true);
    world.app.audit_dead(world.ports(), &messages(&rows)).await;
    world.app.tick(world.ports()).await;
    assert_eq!(parked(&world), 60, "nothing leaves before it has arrived");
    world.sql.set_down(false);
    world.app.tick(world.ports()).await;
    assert_eq!((stored(&world), parked(&world)), (60, 0));
    world.app.tick(world.ports()).await;
    assert_eq!(stored(&world), 60);
}

#[tokio::test]
async fn an_operator_can_replay_at_once() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    let rows: Vec<AuditRow> = (0..201).map(|id| row(id, START)).collect();
    assert!(world.get("/v1/audit", &admin).await.json()["data"].as_array().unwrap().is_empty());
    world.sql.set_down(true);
    world.app.audit_dead(world.ports(), &messages(&rows)).await;
    let replay = || world.request("POST", "/v1/audit/replay").key(&admin).send();
    let refused = replay().await;
    refused.problem(503, "unavailable");
    world.sql.set_down(false);
    assert_eq!(replay().await.expect_status(200).json()["data"], json!({"replayed": 200, "remaining": true}));
    assert_eq!(replay().await.expect_status(200).json()["data"], json!({"replayed": 1, "remaining": false}));
    assert_eq!((stored(&world), parked(&world)), (201, 0));
}

#[tokio::test]
async fn a_row_of_a_newer_perch_is_shown_as_it_stands() {
    let world = World::new();
    let admin = world.key([Scope::Admin]).await;
    insert(&world, &[row(1, START)]).await;
    let sql = "UPDATE audit SET action = 'tweet.pin'";
    let context = world.context();
    context.ports.sql.batch(vec![perch::ports::Statement::new(sql, [])]).await.unwrap();
    let page = world.get("/v1/audit", &admin).await.expect_status(200).json();
    assert_eq!(page["data"][0]["action"], "tweet.pin");
}
