//! What the migrations build.

use rusqlite::{Connection, Error, ErrorCode};

use super::sqlite::migrations;

fn migrated() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for (name, text) in migrations() {
        connection.execute_batch(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    connection
}

#[test]
fn each_migration_applies_to_what_those_before_it_left() {
    let applied = migrations();
    assert!(applied.len() >= 2);
    let numbers = applied.iter().map(|(name, _)| name.rsplit('/').next().unwrap()[..4].parse::<usize>().unwrap());
    assert!(numbers.eq(1..=applied.len()), "migrations are numbered without a gap");
    migrated();
}

#[test]
fn every_table_is_strict() {
    let connection = migrated();
    let mut tables = connection.prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").unwrap();
    let tables = tables.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))).unwrap();
    let tables: Vec<_> = tables.map(Result::unwrap).filter(|(name, _)| !name.starts_with("sqlite_")).collect();
    assert!(tables.len() >= 3, "{tables:?}");
    assert!(tables.iter().all(|(_, strict)| *strict), "{tables:?}");
}

#[track_caller]
fn refused(connection: &Connection, sql: &str) {
    match connection.execute(sql, []) {
        Err(Error::SqliteFailure(failure, _)) => assert_eq!(failure.code, ErrorCode::ConstraintViolation),
        other => panic!("{sql} gave {other:?}"),
    }
}

#[test]
fn values_of_another_type_are_refused() {
    let connection = migrated();
    refused(&connection, "INSERT INTO api_keys (kid, name, record, created_at) VALUES ('a', 'b', '{}', 'yesterday')");
    refused(&connection, "INSERT INTO api_keys (kid, name, record, created_at) VALUES ('a', 'b', 'no json', 1)");
    refused(
        &connection,
        "INSERT INTO audit (id, at, action, outcome, correlation_id) VALUES ('a', 'now', 'b', 'ok', 'c')",
    );
    let good = "INSERT INTO api_keys (kid, name, record, created_at) VALUES ('a', 'b', '{}', 1)";
    assert_eq!(connection.execute(good, []).unwrap(), 1);
    refused(&connection, good);
}

/// The plan of a query, as one line.
fn plan(connection: &Connection, sql: &str) -> String {
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps = plan.query_map([], |row| row.get::<_, String>("detail")).unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}

#[test]
fn listings_walk_an_index() {
    let connection = migrated();
    for (sql, index) in [
        ("SELECT record FROM api_keys WHERE created_at < 9 ORDER BY created_at DESC, kid LIMIT 5", "api_keys_by_age"),
        ("SELECT id FROM audit WHERE at < 9 ORDER BY at DESC, id DESC LIMIT 5", "audit_by_time"),
        ("SELECT id FROM audit WHERE key_id = 'a' AND at < 9 ORDER BY at DESC, id DESC LIMIT 5", "audit_by_key"),
        ("SELECT id FROM audit WHERE account_id = 'a' ORDER BY at DESC, id DESC LIMIT 5", "audit_by_account"),
    ] {
        let plan = plan(&connection, sql);
        assert!(plan.contains(index), "{sql}: {plan}");
    }
}
