//! Hostile answers: bodies that stall, never end or lie about themselves, odd heads, and redirects into the trap.

use std::io::Read as _;
use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::*;

const ME: &str = "/2/users/me";
/// Longer than any piece of an answer takes, shorter than a silence.
const A_WHILE: Duration = Duration::from_millis(300);

/// Asks who alice is, under `fault`.
async fn me_under(fault: Value) -> (World, Response) {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    world.fault("GET", ME, 1, fault).await;
    let answer = world.get(ME, &alice).send().await.unwrap();
    (world, answer)
}

/// The same over a connection whose bytes can be seen.
async fn raw_me_under(fault: Value) -> (World, TcpStream) {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    world.fault("GET", ME, 1, fault).await;
    let mut wire = world.connection().await;
    let head = format!("GET {ME} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {alice}\r\n\r\n");
    wire.write_all(head.as_bytes()).await.unwrap();
    (world, wire)
}

#[tokio::test]
async fn a_stalled_body_is_announced_begun_and_never_finished() {
    let (world, mut answer) = me_under(json!({"kind": "stall"})).await;
    let length: usize = header(&answer, "content-length").parse().unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap().len(), length / 2);
    assert!(timeout(A_WHILE, answer.chunk()).await.is_err());
    assert_eq!(world.last_seen().await["ending"], Value::Null);
}

#[tokio::test]
async fn an_endless_body_has_no_length_and_goes_on() {
    let (_, mut answer) = me_under(json!({"kind": "endless_body", "ms_per_chunk": 5})).await;
    assert!(header(&answer, "content-length").is_empty());
    let mut pieces = 0;
    while pieces < 20 {
        assert!(!answer.chunk().await.unwrap().unwrap().is_empty());
        pieces += 1;
    }
}

#[tokio::test]
async fn gzip_is_true_or_a_lie() {
    let (_, answer) = me_under(json!({"kind": "gzip"})).await;
    assert_eq!(header(&answer, "content-encoding"), "gzip");
    let packed = answer.bytes().await.unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    assert!(text.contains(ALICE));
    let (_, answer) = me_under(json!({"kind": "gzip_lie"})).await;
    assert_eq!(header(&answer, "content-encoding"), "gzip");
    assert_eq!(json(answer).await["data"]["id"], ALICE);
}

#[tokio::test]
async fn content_types_texts_and_statuses_can_be_wrong() {
    let (_, answer) = me_under(json!({"kind": "content_type", "value": "text/html"})).await;
    assert_eq!(header(&answer, "content-type"), "text/html");
    assert_eq!(json(answer).await["data"]["id"], ALICE);
    let (_, answer) = me_under(json!({"kind": "invalid_utf8"})).await;
    assert!(std::str::from_utf8(&answer.bytes().await.unwrap()).is_err());
    for status in [299, 418, 599] {
        let (_, answer) = me_under(json!({"kind": "status", "status": status})).await;
        assert_eq!(answer.status(), status);
        assert_eq!(json(answer).await["data"]["id"], ALICE);
    }
}

#[tokio::test]
async fn an_interim_status_comes_before_the_real_one() {
    let (_world, mut wire) = raw_me_under(json!({"kind": "status", "status": 103})).await;
    let mut text = String::new();
    wire.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 103 Interim\r\n\r\nHTTP/1.1 200 OK\r\n"), "{text}");
    assert!(text.contains(ALICE));
}

#[tokio::test]
async fn a_half_closed_connection_still_reads() {
    let (_world, mut wire) = raw_me_under(json!({"kind": "half_close"})).await;
    let mut text = String::new();
    wire.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains(ALICE));
    for _ in 0..3 {
        wire.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn heads_can_be_long() {
    let (_world, mut wire) = raw_me_under(json!({"kind": "headers", "count": 200, "bytes": 4096})).await;
    let (mut head, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = wire.read(&mut piece).await.unwrap();
        assert!(read > 0);
        head.extend_from_slice(&piece[..read]);
    }
    let head = String::from_utf8_lossy(&head);
    assert_eq!(head.lines().filter(|line| line.starts_with("x-more-") && line.len() > 4096).count(), 200);
}

#[tokio::test]
async fn every_ordinary_answer_wears_the_edge() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let answer = world.get(ME, &alice).send().await.unwrap();
    for name in ["server", "cf-ray", "report-to", "nel", "alt-svc", "x-powered-by", "x-access-level"] {
        assert!(!header(&answer, name).is_empty(), "{name}");
    }
    world.fault("GET", ME, 1, json!({"kind": "vector", "name": "oauth1-permissions"})).await;
    let denied = world.get(ME, &alice).send().await.unwrap();
    assert_eq!(header(&denied, "x-access-level"), "read", "the answer's own word stands");
}

#[tokio::test]
async fn a_followed_redirect_is_trapped_as_foreign() {
    let (world, answer) = me_under(json!({"kind": "redirect", "to": "/_sandbox/trap/there?a=b", "status": 302})).await;
    assert_eq!(answer.status(), 302);
    assert_eq!(world.last_seen().await["foreign"], false);
    let followed = world.http.put(world.url(&location(&answer))).body("secret").send().await.unwrap();
    assert_eq!(followed.status(), 200);
    let seen = world.last_seen().await;
    assert_eq!((&seen["foreign"], &seen["path"]), (&json!(true), &json!("/_sandbox/trap/there")));
    assert_eq!((&seen["method"], &seen["body_bytes"]), (&json!("PUT"), &json!(6)));
}

#[tokio::test]
async fn a_share_of_the_requests_is_struck_and_the_seed_says_which() {
    let world = World::start().await;
    let struck = async || {
        let rule = json!({"path": "/2/nowhere", "share": 0.3, "seed": 9, "fault": {"kind": "respond", "status": 503}});
        let id = world.control("faults", rule).await["id"].clone();
        let mut struck = Vec::new();
        for _ in 0..50 {
            struck.push(world.http.get(world.url("/2/nowhere")).send().await.unwrap().status() == 503);
        }
        world.http.delete(world.url(&format!("/_sandbox/faults?id={id}"))).send().await.unwrap();
        struck
    };
    let first = struck().await;
    assert_eq!(first, struck().await);
    assert!((5..25).contains(&first.iter().filter(|struck| **struck).count()));
}
