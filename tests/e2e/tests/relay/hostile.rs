//! X's answers at their worst: what can be passed on passes as it is, the rest is a documented problem, and perch stays well.

use std::io::Read;
use std::time::{Duration, Instant};

use perch_e2e::{Answer, Stack};
use reqwest::Method;
use serde_json::{Value, json};

/// How long a client waits for the head, as it says, in ms.
const DEADLINE_MS: u64 = 2000;
/// What a call may take beyond that.
const GRACE: Duration = Duration::from_millis(1500);

/// What a fault comes to.
#[derive(Clone, Copy, Debug)]
enum Comes {
    /// X's answer with this status and its whole body.
    Whole(u16),
    /// X's answer with this status, whatever its body.
    Status(u16),
    /// This problem of perch's.
    Problem(u16, &'static str),
    /// 202: it is not known, and can be asked for.
    Open,
}
use Comes::{Open, Problem, Status, Whole};

const UNREADABLE: Comes = Problem(502, "x-unavailable");
const ELSEWHERE: Comes = Problem(502, "x-invalid-answer");
const LATE: Comes = Problem(504, "x-timeout");

/// Each fault, and what becomes of a look-up and of a tweet.
fn faults(trap: &str) -> Vec<(Value, Comes, Comes)> {
    let redirect = |status: u16| (json!({"kind": "redirect", "to": trap, "status": status}), ELSEWHERE, ELSEWHERE);
    let status = |status: u16, comes: u16| {
        let written = if comes == 200 { 201 } else { comes };
        (json!({"kind": "status", "status": status}), Whole(comes), Whole(written))
    };
    let of_kind = |kind: &str, read, written| (json!({"kind": kind}), read, written);
    vec![
        redirect(301),
        redirect(302),
        redirect(303),
        redirect(307),
        redirect(308),
        status(103, 200),
        status(299, 299),
        status(404, 404),
        status(418, 418),
        of_kind("stall", LATE, Open),
        of_kind("cut_body", UNREADABLE, Open),
        of_kind("reset", UNREADABLE, Open),
        of_kind("wrong_length", Status(200), Open),
        of_kind("half_close", Whole(200), Whole(201)),
        of_kind("gzip_lie", Whole(200), Open),
        of_kind("missing_rate_headers", Whole(200), Whole(201)),
        of_kind("garbage_rate_headers", Whole(200), Whole(201)),
        of_kind("html_403", Status(403), Status(403)),
        of_kind("invalid_utf8", Status(200), Open),
        (json!({"kind": "content_type", "value": "text/html"}), Whole(200), Whole(201)),
        (json!({"kind": "headers", "count": 100, "bytes": 100}), Whole(200), Whole(201)),
        (json!({"kind": "slow_body", "ms_per_chunk": 5}), Whole(200), Whole(201)),
        (json!({"kind": "latency", "ms": 5000}), LATE, Open),
        (json!({"kind": "respond", "status": 500, "body": "<h1>sorry</h1>"}), Status(500), Open),
        (json!({"kind": "respond", "status": 200, "body": ""}), Status(200), Open),
    ]
}

async fn each_answer_passes_as_it_is_or_is_a_problem_in_time(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let id = app.client.post("/2/tweets", &json!({"text": "read by all"})).await.must(201).text("/data/id");
    stack.hold_breakers_closed().await;
    let mark = stack.sandbox.mark().await;
    let mut wrong = Vec::new();
    for (number, (fault, read, written)) in
        faults(&format!("{}/_sandbox/trap/x", stack.sandbox.base())).into_iter().enumerate()
    {
        stack.sandbox.fault("GET", "/2/tweets/{id}", None, fault.clone()).await;
        let answer = in_time(app.client.call(Method::GET, &format!("/2/tweets/{id}"))).await;
        wrong.extend(differs(&answer, read, "read by all").map(|how| format!("GET at {fault}: {how}")));
        stack.sandbox.fault("POST", "/2/tweets", None, fault.clone()).await;
        let text = format!("tweet number {number}");
        let answer = in_time(app.client.call(Method::POST, "/2/tweets").json(&json!({"text": text}))).await;
        wrong.extend(differs(&answer, written, &text).map(|how| format!("POST at {fault}: {how}")));
        stack.sandbox.clear_faults().await;
        let _well = stack.anonymous().get("/health").await.must(200);
    }
    stack.calm().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert!(ledger.requests.iter().all(|seen| !seen.foreign), "a redirect was followed");
    assert_eq!(ledger.requests_to("POST", "/2/tweets").count(), 25, "no tweet is sent twice, whatever X answers");
    assert_no_panic(stack);
}

/// The answer, which must have come by the client's deadline.
async fn in_time(call: perch_e2e::Call) -> Answer {
    let started = Instant::now();
    let answer = call.header("x-request-timeout-ms", &DEADLINE_MS.to_string()).send().await;
    let took = started.elapsed();
    assert!(took < Duration::from_millis(DEADLINE_MS) + GRACE, "{} took {took:?}", answer.question);
    answer
}

/// How the answer differs from what was to come.
fn differs(answer: &Answer, comes: Comes, text: &str) -> Option<String> {
    let (status, code) = (answer.status.as_u16(), answer.code());
    let fits = match comes {
        Whole(expected) => status == expected && code.is_empty() && answer.json()["data"]["text"] == text,
        Status(expected) => status == expected && code.is_empty(),
        Problem(expected, problem) => (status, code.as_str()) == (expected, problem),
        Open => status == 202 && answer.header("location") == answer.json()["operation"]["url"].as_str(),
    };
    (!fits).then(|| format!("{status} {code} {} bytes, not {comes:?}", answer.body.len()))
}

fn assert_no_panic(stack: &Stack) {
    let log = std::fs::read_to_string(stack.archive.folder().join("direct-gateway.log")).expect("there is a log");
    assert!(!log.is_empty(), "the log is kept");
    let bad = |line: &&str| line.contains("panicked") || line.contains("unreachable") || line.contains("\"internal\"");
    assert_eq!(log.lines().find(bad), None);
}

async fn what_x_packs_stays_packed(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let text = "packed and unpacked";
    let id = app.client.post("/2/tweets", &json!({"text": text})).await.must(201).text("/data/id");
    stack.sandbox.fault("GET", "/2/tweets/{id}", None, json!({"kind": "gzip"})).await;
    let mark = stack.sandbox.mark().await;
    let call = app.client.call(Method::GET, &format!("/2/tweets/{id}")).header("accept-encoding", "gzip");
    let packed = call.send().await.must(200);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut plain = String::new();
    let read = flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_string(&mut plain);
    assert!(read.is_ok() && plain.contains(text));
    assert_eq!(stack.sandbox.ledger_since(mark).await.requests[0].header("accept-encoding"), Some("gzip"));
    let unasked = app.client.get(&format!("/2/tweets/{id}")).await.must(200);
    assert_eq!((unasked.header("content-encoding"), &unasked.body[..2]), (Some("gzip"), &[0x1f, 0x8b][..]));
    stack.calm().await;
}

async fn a_bomb_is_passed_on_unopened(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let before = stack.gateway_memory();
    stack.sandbox.fault("GET", "/2/tweets/{id}", None, json!({"kind": "gzip_bomb", "mib": 512})).await;
    for _ in 0..10 {
        let bomb = app.client.get("/2/tweets/1").await.must(200);
        assert_eq!(bomb.header("content-encoding"), Some("gzip"));
        assert!(bomb.body.len() < 8 * 1024 * 1024, "{} bytes", bomb.body.len());
    }
    let grown_mib = stack.gateway_memory().saturating_sub(before) >> 20;
    eprintln!("  10 bombs of 512 MiB: workerd took {} MiB before and {grown_mib} MiB more after", before >> 20);
    assert!(grown_mib < 128, "nobody opened it");
    stack.calm().await;
}

async fn an_answer_without_end_is_passed_on_as_it_comes(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let id = app.client.post("/2/tweets", &json!({"text": "endless"})).await.must(201).text("/data/id");
    stack.sandbox.fault("GET", "/2/tweets/{id}", Some(1), json!({"kind": "endless_body", "ms_per_chunk": 5})).await;
    let before = stack.gateway_memory();
    let mark = stack.sandbox.mark().await;
    let path = format!("/2/tweets/{id}");
    let mut answer = app.client.call(Method::GET, &path).open().await.expect("it begins");
    let (mut bytes, started) = (0, Instant::now());
    while started.elapsed() < Duration::from_secs(4) {
        bytes += answer.chunk().await.expect("it goes on").expect("it has no end").len();
    }
    let grown_mib = stack.gateway_memory().saturating_sub(before) >> 20;
    eprintln!("  {bytes} bytes in 4 s; workerd took {grown_mib} MiB more");
    assert!(bytes > 1000 && grown_mib < 128);
    drop(answer);
    let seen = super::leaving::ended(stack, mark, "GET", &path).await;
    assert_eq!(seen.ending.as_deref(), Some("client_gone"), "who has left is told to X");
    stack.calm().await;
}

crate::trials!(
    each_answer_passes_as_it_is_or_is_a_problem_in_time,
    what_x_packs_stays_packed,
    a_bomb_is_passed_on_unopened,
    an_answer_without_end_is_passed_on_as_it_comes,
);
