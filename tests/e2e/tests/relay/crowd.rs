//! A crowd: 10,000 calls, 200 at a time, while X stumbles and tokens run out. What goes wrong is X's own word or a documented problem
//! about X; perch adds no failure of its own, and no tweet comes twice.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use perch_e2e::{App, Call, Ledger, Stack};
use reqwest::Method;
use serde_json::{Value, json};

const CALLS: usize = 10_000;
const AT_ONCE: usize = 200;
/// No call takes longer: perch's own deadline is 25 s.
const HANG: Duration = Duration::from_secs(30);

/// Problems of perch's that are about X; their statuses are in 500 to 599 because X's doing is.
const ABOUT_X: [(u16, &str); 5] = [
    (502, "x-unavailable"),
    (502, "x-invalid-answer"),
    (503, "breaker-open"),
    (503, "x-edge-blocked"),
    (504, "x-timeout"),
];

/// What X does to which share of the calls. No 429: after one, perch rests the endpoint as X wants it to.
fn mischief() -> Vec<(&'static str, &'static str, f64, Value)> {
    let failing = json!({"kind": "vector", "name": "service-unavailable"});
    let late = json!({"kind": "latency", "ms": 300});
    vec![
        ("GET", "/2/tweets/{id}", 0.05, late.clone()),
        ("GET", "/2/tweets/{id}", 0.04, failing.clone()),
        ("GET", "/2/tweets/{id}", 0.02, json!({"kind": "reset"})),
        ("GET", "/2/tweets/{id}", 0.02, json!({"kind": "cut_body"})),
        ("GET", "/2/users/{id}/tweets", 0.03, json!({"kind": "slow_body", "ms_per_chunk": 2})),
        ("GET", "/2/users/{id}/tweets", 0.03, failing.clone()),
        ("GET", "/2/tweets/counts/all", 0.03, failing.clone()),
        ("GET", "/2/tweets/counts/all", 0.02, json!({"kind": "html_403"})),
        ("POST", "/2/tweets", 0.05, late),
        ("POST", "/2/tweets", 0.03, json!({"kind": "vector", "name": "service-unavailable-post"})),
        ("POST", "/2/tweets", 0.02, json!({"kind": "commit_then_die"})),
        ("POST", "/2/tweets", 0.02, json!({"kind": "cut_body"})),
        ("POST", "/2/tweets", 0.01, json!({"kind": "reset"})),
        ("POST", "/2/users/{id}/likes", 0.03, failing),
        ("POST", "/2/users/{id}/likes", 0.02, json!({"kind": "commit_then_die"})),
    ]
}

/// One client application with something of its own to read.
struct Member {
    app: App,
    tweet: String,
}

async fn members(stack: &Stack) -> Vec<Member> {
    let mut members = Vec::new();
    for number in 0..5 {
        let app = stack.app(json!({})).await;
        let created = app.client.post("/2/tweets", &json!({"text": format!("read by the crowd, {number}")})).await;
        members.push(Member { tweet: created.must(201).text("/data/id"), app });
    }
    members
}

/// The call with this number: look-ups, timelines, tweets, likes, and reads as the app.
fn call(members: &[Member], number: usize) -> Call {
    let member = &members[number % members.len()];
    let (client, user, tweet) = (&member.app.client, &member.app.user, &member.tweet);
    match number / members.len() % 10 {
        0..4 => client.call(Method::GET, &format!("/2/tweets/{tweet}?tweet.fields=author_id")),
        4 | 5 => client.call(Method::GET, &format!("/2/users/{user}/tweets?max_results=5")),
        6 => client.call(Method::GET, "/2/tweets/counts/all?query=perch"),
        7 => client.call(Method::POST, &format!("/2/users/{user}/likes")).json(&json!({"tweet_id": tweet})),
        _ => client.call(Method::POST, "/2/tweets").json(&json!({"text": format!("crowd {number}")})),
    }
}

/// What a client got.
struct Got {
    status: u16,
    /// The problem's code, if it was perch's.
    code: Option<String>,
    /// The tweet that X says it has made.
    tweet: Option<String>,
    /// The operation to ask for, of a tweet whose answer was lost.
    open: Option<String>,
    took: Duration,
}

async fn make(call: Call) -> Result<Got, reqwest::Error> {
    let started = Instant::now();
    let answer = call.change(|request| request.timeout(HANG)).open().await?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await?;
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Ok(Got {
        status,
        code: text(&json["code"]),
        tweet: text(&json["data"]["id"]).filter(|_| status == 201),
        open: text(&json["operation"]["id"]).filter(|_| status == 202),
        took: started.elapsed(),
    })
}

/// X forgets the access tokens of one member after the other until all calls are made.
async fn forget_tokens(stack: &Stack, members: &[Member], over: &AtomicBool) {
    for member in members.iter().cycle() {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        if over.load(Ordering::Relaxed) {
            return;
        }
        stack.sandbox.expire_tokens(&member.app.user).await;
    }
}

async fn ten_thousand_calls_get_x_s_answer_or_a_problem_about_x(stack: &Stack) {
    let stack = stack.direct();
    // Before the first answer: what X says of a window holds until that is over.
    stack.sandbox.rules(json!({"enforce_rate_limits": false, "refuse_duplicates": false})).await;
    let members = members(stack).await;
    for (method, path, share, fault) in mischief() {
        stack.sandbox.fault_for_some(method, path, share, fault).await;
    }
    let (mark, over, started) = (stack.sandbox.mark().await, AtomicBool::new(false), Instant::now());
    let calls = async {
        let calls = stream::iter(0..CALLS).map(|number| make(call(&members, number)));
        let answers: Vec<_> = calls.buffer_unordered(AT_ONCE).collect().await;
        over.store(true, Ordering::Relaxed);
        (answers, started.elapsed())
    };
    let ((answers, took), ()) = tokio::join!(calls, forget_tokens(stack, &members, &over));
    stack.calm().await;
    stack.sandbox.rules(json!({})).await;
    let ledger = stack.sandbox.ledger_since(mark).await;
    let got = answers.into_iter().collect::<Result<Vec<Got>, _>>().expect("each call is answered whole, in time");
    tell(&got, took, &ledger);
    assert_documented(&got);
    assert_no_tweet_twice(&got, &ledger);
    assert_open_ones_are_known(stack, &got).await;
    let refreshes = ledger.effects.iter().filter(|effect| effect.kind == "token.refresh").count();
    assert!(refreshes > 0 && ledger.effects.iter().all(|effect| effect.kind != "token.replay"));
    let _well = stack.anonymous().get("/ready").await.must(200);
}

fn assert_documented(got: &[Got]) {
    let ours = got.iter().filter_map(|got| Some((got.status, got.code.as_deref()?)));
    let undocumented: Vec<_> = ours.filter(|problem| !ABOUT_X.contains(problem)).collect();
    assert!(undocumented.is_empty(), "perch's own: {undocumented:?}");
    let of_x = [200, 201, 403, 429, 503];
    let is_strange = |got: &&Got| got.code.is_none() && got.open.is_none() && !of_x.contains(&got.status);
    let strange: Vec<_> = got.iter().filter(is_strange).collect();
    assert!(strange.is_empty(), "X does not say {:?}", strange.iter().map(|got| got.status).collect::<Vec<_>>());
    let well = got.iter().filter(|got| got.status < 300).count();
    assert!(well * 10 > got.len() * 9, "most go well: {well}");
}

/// By X's own book: what a client was told of is there, and no text is there twice.
fn assert_no_tweet_twice(got: &[Got], ledger: &Ledger) {
    let effects = ledger.effects.iter().filter(|effect| effect.kind == "tweet.create");
    let made: Vec<(&str, &str)> = effects
        .filter_map(|effect| Some((effect.details["tweet_id"].as_str()?, effect.details["text"].as_str()?)))
        .collect();
    let texts: HashSet<&str> = made.iter().map(|(_, text)| *text).collect();
    assert_eq!(texts.len(), made.len(), "no text is there twice");
    let ids: HashSet<&str> = made.iter().map(|(id, _)| *id).collect();
    let told: Vec<&str> = got.iter().filter_map(|got| got.tweet.as_deref()).collect();
    assert_eq!(told.iter().collect::<HashSet<_>>().len(), told.len(), "each 201 is about a tweet of its own");
    assert!(told.iter().all(|id| ids.contains(id)), "each is there");
    let mut sent: HashMap<&str, usize> = HashMap::new();
    for seen in ledger.requests_to("POST", "/2/tweets").filter(|seen| !matches!(seen.status, Some(401 | 429))) {
        *sent.entry(seen.body.as_deref().unwrap_or_default()).or_default() += 1;
    }
    let twice: Vec<_> = sent.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "sent again although X may have taken it: {twice:?}");
    assert!(made.len() > told.len(), "X made {} and told of {}: some answers were lost", made.len(), told.len());
}

/// Every tweet whose answer was lost can be asked for.
async fn assert_open_ones_are_known(stack: &Stack, got: &[Got]) {
    let open: Vec<&String> = got.iter().filter_map(|got| got.open.as_ref()).collect();
    assert!(!open.is_empty(), "some answers were lost");
    for id in open {
        let operation = stack.admin().get(&format!("/v1/operations/{id}")).await.must(200);
        assert_eq!((operation.text("/data/id"), operation.text("/data/state")), (id.clone(), "unknown".to_owned()));
    }
}

/// Prints what clients got, and how long it took.
fn tell(got: &[Got], took: Duration, ledger: &Ledger) {
    let mut table: BTreeMap<(u16, &str), usize> = BTreeMap::new();
    for got in got {
        *table.entry((got.status, got.code.as_deref().unwrap_or("X's own"))).or_default() += 1;
    }
    let mut times: Vec<Duration> = got.iter().map(|got| got.took).collect();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    eprintln!("  {CALLS} calls, {AT_ONCE} at once, in {:.1} s; X saw {}", took.as_secs_f32(), ledger.requests.len());
    eprintln!("  p50 {:?}, p99 {:?}, longest {:?}", at(50), at(99), at(100));
    for ((status, what), count) in table {
        eprintln!("  {status} {what:<18} {count:>6}");
    }
}

crate::trials!(ten_thousand_calls_get_x_s_answer_or_a_problem_about_x);
