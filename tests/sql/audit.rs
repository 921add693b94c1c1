//! Audit rows in D1.

use perch::{
    domain::{
        Timestamp,
        audit::{Action, AuditRow},
    },
    services::audit,
};

use super::world::{START, World};

fn row(id: &str, at: Timestamp) -> AuditRow {
    AuditRow {
        id: id.to_owned(),
        at,
        key_id: Some("0123456789".to_owned()),
        account_id: None,
        action: Action::TweetCreate,
        target: Some("1346889436626259968".to_owned()),
        outcome: "ok".to_owned(),
        correlation_id: "c".to_owned(),
        text_sha256: None,
        reason: None,
    }
}

#[tokio::test]
async fn a_row_that_comes_twice_stands_there_once() {
    let world = World::new();
    let first = row("a", START);
    let again = AuditRow { outcome: "internal".to_owned(), ..first.clone() };
    audit::insert(&world.context(), &[first]).await.unwrap();
    audit::insert(&world.context(), &[again, row("b", START)]).await.unwrap();
    let rows = world.sql.rows("SELECT id, outcome, target FROM audit ORDER BY id");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["outcome"], "ok", "the row that came first stays");
    assert_eq!(rows[0]["target"], "1346889436626259968", "ids stay texts");
}

#[tokio::test]
async fn a_batch_is_written_whole_or_not_at_all() {
    let world = World::new();
    world.sql.set_down(true);
    assert!(audit::insert(&world.context(), &[row("a", START)]).await.is_err());
    world.sql.set_down(false);
    assert!(world.sql.rows("SELECT id FROM audit").is_empty());
}
