//! Many clients at once that ask for the same under the same name, with kills between.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use perch_crash::{Crash, rounds};
use perch_e2e::{App, Client, Ledger};
use reqwest::Method;
use serde_json::json;
use tokio::sync::Semaphore;

use super::asked::Face;
use super::round;

const ACCOUNTS: usize = 10;
/// Clients that ask for the same.
const REPEATS: usize = 50;
const KILLS: usize = 10;
/// Names that are asked for at the same time, and requests that are.
const AT_ONCE: usize = 8;
const REQUESTS_AT_ONCE: usize = 64;
/// How long X leaves every second tweet that it has made unanswered, in ms: there kills find something.
const SLOW_MS: u64 = 400;
/// How long a client asks until it is told.
const PATIENCE: Duration = Duration::from_mins(1);

/// One name, and whose it is.
struct Name<'a> {
    app: &'a App,
    /// Another client application that may use the same account.
    other: &'a Client,
    face: Face,
    key: String,
}

/// What a client was told in the end, and what it was told before that.
struct Told {
    body: Vec<u8>,
    replayed: bool,
    /// How often it was told to come back.
    running: usize,
}

/// What was told of all names.
#[derive(Debug, Default)]
struct Sum {
    answers: usize,
    replays: usize,
    running: usize,
    reused: usize,
    elsewhere: usize,
}

pub(super) async fn a_name_means_one_tweet(crash: &Crash) {
    round::arrange(crash).await;
    let slow = json!({"kind": "latency", "ms": SLOW_MS, "after_commit": true});
    crash.stack.sandbox.fault_for_some("POST", "/2/tweets", 0.5, slow).await;
    let apps: Vec<App> = join_all((0..ACCOUNTS).map(|_| crash.stack.app(json!({})))).await;
    let others = join_all(apps.iter().map(async |app| {
        let (key, _) = crash.stack.key(json!({"accounts": [app.account]})).await;
        crash.stack.anonymous().with_key(&key).acting_for(&app.account)
    }));
    let others: Vec<Client> = others.await;
    let count = rounds(200, 1_000);
    let names: Vec<Name> = (0..count)
        .map(|number| Name {
            app: &apps[number % ACCOUNTS],
            other: &others[number % ACCOUNTS],
            face: Face::BOTH[number / ACCOUNTS % 2],
            key: format!("name-{number}"),
        })
        .collect();
    let mark = crash.stack.sandbox.mark().await;
    let (started, done) = (Instant::now(), AtomicUsize::new(0));
    let requests = Arc::new(Semaphore::new(REQUESTS_AT_ONCE));
    let asking = stream::iter(&names).map(|name| ask_for_one(name, &requests, &done)).buffer_unordered(AT_ONCE);
    let (sums, ()) = tokio::join!(asking.collect::<Vec<Sum>>(), kill_between(crash, &done, count));
    let sum = sums.iter().fold(Sum::default(), Sum::and);
    let ledger = crash.stack.sandbox.ledger_since(mark).await;
    let cut = names.iter().map(|name| posts(name, &ledger)).filter(|posts| *posts > 1).count();
    eprintln!(
        "  {count} names, {KILLS} kills, {} s: {sum:?}; {cut} requests that a kill cut were repeated",
        started.elapsed().as_secs()
    );
    assert_eq!(sum.answers, count * REPEATS);
    assert_eq!((sum.reused, sum.elsewhere), (count, count.div_ceil(ACCOUNTS)));
}

impl Sum {
    fn and(self, other: &Self) -> Self {
        Self {
            answers: self.answers + other.answers,
            replays: self.replays + other.replays,
            running: self.running + other.running,
            reused: self.reused + other.reused,
            elsewhere: self.elsewhere + other.elsewhere,
        }
    }
}

/// Kills the gateway whenever the next share of the names is through.
async fn kill_between(crash: &Crash, done: &AtomicUsize, count: usize) {
    for kill in 0..KILLS {
        while done.load(Ordering::Relaxed) < count * (kill + 1) / (KILLS + 1) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        crash.kill().await;
    }
}

/// All clients ask for the same under one name; then one for something else, and sometimes one of another application.
async fn ask_for_one(name: &Name<'_>, requests: &Semaphore, done: &AtomicUsize) -> Sum {
    let told = join_all((0..REPEATS).map(|_| ask(name, &name.app.client, &name.key, requests))).await;
    let first = told.first().expect("somebody was told");
    assert!(told.iter().all(|one| one.body == first.body), "{}: the answers differ", name.key);
    let originals = told.iter().filter(|one| !one.replayed).count();
    assert!(originals <= 1, "{}: {originals} clients were told that theirs was the first", name.key);
    let mut sum = Sum { answers: told.len(), replays: told.len() - originals, ..Sum::default() };
    sum.running = told.iter().map(|one| one.running).sum();
    sum.reused = usize::from(is_refused_for_something_else(name).await);
    let _before = done.fetch_add(1, Ordering::Relaxed);
    if name.key.ends_with('0') {
        let elsewhere = ask(name, name.other, &format!("{} elsewhere", name.key), requests).await;
        assert_ne!(elsewhere.body, first.body, "{}: another application's answer was given", name.key);
        sum.elsewhere = 1;
    }
    sum
}

/// Asks until told that it is done.
async fn ask(name: &Name<'_>, client: &Client, text: &str, requests: &Semaphore) -> Told {
    let (end, mut running) = (Instant::now() + PATIENCE, 0);
    loop {
        let turn = requests.acquire().await.expect("it stays open");
        let call = client.call(Method::POST, name.face.path()).header("idempotency-key", &name.key);
        let answer = call.json(&json!({ "text": text })).try_send().await;
        drop(turn);
        assert!(Instant::now() < end, "{}: no end after a minute", name.key);
        match answer {
            Ok(answer) if answer.status == 201 => {
                let replayed = answer.header("idempotency-replayed") == Some("true");
                return Told { body: answer.body, replayed, running };
            }
            Ok(answer) if answer.status == 409 => {
                running += 1;
                let answer = answer.must_be_problem(409, "idempotency-key-in-use");
                let wait = answer.header("retry-after").and_then(|text| text.parse().ok()).expect("when to come back");
                tokio::time::sleep(Duration::from_secs(wait)).await;
            }
            // Killed, coming back, or not known yet.
            Ok(answer) if [202, 503].contains(&answer.status.as_u16()) => {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Ok(answer) => panic!("{}: {}", name.key, answer.must(201).status),
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

async fn is_refused_for_something_else(name: &Name<'_>) -> bool {
    for _ in 0..20 {
        let call = name.app.client.call(Method::POST, name.face.path()).header("idempotency-key", &name.key);
        match call.json(&json!({"text": "something else"})).try_send().await {
            Ok(answer) if answer.status != 503 => {
                let _told = answer.must_be_problem(422, "idempotency-key-reused");
                return true;
            }
            _ => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
    false
}

/// How often X was asked for a name's tweet. It has it once. It was asked again only where it never answered.
fn posts(name: &Name<'_>, ledger: &Ledger) -> usize {
    let effects = ledger.effects_of("tweet.create", &name.app.user);
    let made = effects.filter(|effect| effect.details["text"] == name.key.as_str()).count();
    assert_eq!(made, 1, "X has {} {made} times", name.key);
    let body = json!({"text": name.key}).to_string();
    let posts: Vec<_> = ledger
        .requests_to("POST", "/2/tweets")
        .filter(|seen| seen.user_id.as_deref() == Some(&name.app.user) && seen.body.as_deref() == Some(&body))
        .collect();
    let answered = posts.iter().filter(|seen| seen.status.is_some()).count();
    assert!(!posts.is_empty() && answered <= 1, "X answered {} {answered} times", name.key);
    posts.len()
}
