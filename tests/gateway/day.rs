//! A day of 20 client applications on 5 accounts, every second of it simulated, before an X that counts as X does: windows of 15
//! minutes and of 24 hours per user, and of 24 hours for all users together.

mod x;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    sync::Arc,
};

use perch::domain::{Timestamp, api_key::Scope};
use serde_json::json;

use super::world::{Answer, World};
use x::X;

const DAY_MS: u64 = 86_400_000;
const ACCOUNTS: usize = 5;
/// How long an application thinks between two calls of a kind.
const THOUGHT_MS: u64 = 7_000;
/// How rarely the application with something urgent has it.
const RARELY_MS: u64 = 420_000;

/// What applications do, each with windows of its own at X.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// 50 in 15 minutes.
    Retweet,
    /// 50 in 15 minutes and 1,000 in 24 hours.
    Like,
    /// 300 in 15 minutes and 1,500 in 24 hours; all users of the app together 4,000 in 24 hours.
    DeleteMessage,
}

/// One application doing one kind of thing, over and over.
struct Worker {
    application: usize,
    kind: Kind,
    key: String,
    priority: &'static str,
    pause_ms: u64,
    /// Since when its newest call waits.
    waits_since: Option<Timestamp>,
    served: u32,
    refused: u32,
    longest_wait_ms: u64,
}

impl Worker {
    fn account(&self) -> usize {
        self.application % ACCOUNTS
    }

    fn is_urgent(&self) -> bool {
        self.priority == "critical"
    }

    async fn call(&self, world: &World, number: u32) -> Answer {
        let id = u64::from(number) + 1;
        let user = format!("100{}", self.account());
        let asked = match self.kind {
            Kind::Retweet => world.request("PUT", &format!("/v1/tweets/{id}/retweet")),
            Kind::Like => world.request("PUT", &format!("/v1/tweets/{id}/like")),
            Kind::DeleteMessage => world.request("DELETE", &format!("/2/dm_events/{id}")),
        };
        let asked = asked.key(&self.key).header("perch-account", &user).header("perch-priority", self.priority);
        asked.send().await
    }

    /// Takes an answer; gives the time until the next call.
    fn take(&mut self, answer: &Answer, now: Timestamp) -> u64 {
        let since = *self.waits_since.get_or_insert(now);
        if answer.status == 200 {
            self.served += 1;
            self.longest_wait_ms = self.longest_wait_ms.max(now.ms_since(since));
            self.waits_since = None;
            return self.pause_ms;
        }
        assert_eq!(answer.status, 429, "{}", answer.text());
        self.refused += 1;
        let wait_s: u64 = answer.header("retry-after").parse().unwrap();
        // They do not come back in step.
        wait_s * 1000 + self.application as u64 * 10
    }
}

async fn accounts(world: &World) {
    let operator = world.key([Scope::AccountsRead, Scope::AccountsWrite]).await;
    for number in 0..ACCOUNTS {
        let user = format!("100{number}");
        let me = json!({ "data": { "id": user, "username": format!("user{number}"), "name": "One of five" } });
        world.x.on("GET", "/2/users/me").answer(200, me);
        let tokens = json!({ "oauth_token": format!("{user}-token"), "oauth_token_secret": "secret" });
        world.post("/v1/accounts", &operator, tokens).await.expect_status(201);
    }
}

async fn workers(world: &World) -> Vec<Worker> {
    let scopes = [Scope::RelayWrite, Scope::LikesWrite, Scope::RetweetsWrite];
    let mut workers = Vec::new();
    for application in 0..20 {
        let key = world.key(scopes).await;
        // Of the four applications of an account one has rarely something to do, and then it is urgent.
        let urgent = application < ACCOUNTS;
        let (priority, pause_ms) = if urgent { ("critical", RARELY_MS) } else { ("normal", THOUGHT_MS) };
        let kinds = if urgent { &[Kind::Retweet][..] } else { &[Kind::Retweet, Kind::Like, Kind::DeleteMessage] };
        workers.extend(kinds.iter().map(|kind| Worker {
            application,
            kind: *kind,
            key: key.clone(),
            priority,
            pause_ms,
            waits_since: None,
            served: 0,
            refused: 0,
            longest_wait_ms: 0,
        }));
    }
    workers
}

/// Plays the day; then only those who wait go on, until nobody does.
async fn play(world: &World, workers: &mut [Worker]) {
    let begun = world.now();
    let mut due: BinaryHeap<Reverse<(Timestamp, usize)>> = workers
        .iter()
        .enumerate()
        .map(|(at, worker)| Reverse((begun.plus_ms(worker.application as u64 * 10), at)))
        .collect();
    while let Some(Reverse((at, number))) = due.pop() {
        let worker = &mut workers[number];
        if at.ms_since(begun) >= DAY_MS && worker.waits_since.is_none() {
            continue;
        }
        world.clock.advance(at.ms_since(world.now()));
        let answer = worker.call(world, worker.served).await;
        world.settle().await;
        world.queue.take();
        let next_ms = worker.take(&answer, world.now());
        due.push(Reverse((world.now().plus_ms(next_ms), number)));
    }
}

/// The farthest that one of several equals is from their mean, in percent.
fn unfairness(served: &[u32]) -> f64 {
    let mean = f64::from(served.iter().sum::<u32>()) / f64::from(u32::try_from(served.len()).unwrap());
    served.iter().map(|one| (f64::from(*one) - mean).abs() / mean * 100.0).fold(0.0, f64::max)
}

#[tokio::test]
async fn twenty_applications_share_five_accounts_for_a_day() {
    let world = World::new();
    let x = Arc::new(X::new(world.clock.clone()));
    accounts(&world).await;
    for (method, path) in [("POST", "/2/users/*/retweets"), ("POST", "/2/users/*/likes"), ("DELETE", "/2/dm_events/*")]
    {
        let x = x.clone();
        world.x.on(method, path).always().judge(move |request| x.answer(request));
    }
    let mut workers = workers(&world).await;
    play(&world, &mut workers).await;

    let (served, refused): (u32, u32) =
        workers.iter().fold((0, 0), |(served, refused), worker| (served + worker.served, refused + worker.refused));
    let mut equals: BTreeMap<(Kind, usize), Vec<u32>> = BTreeMap::new();
    for worker in workers.iter().filter(|worker| !worker.is_urgent()) {
        equals.entry((worker.kind, worker.account())).or_default().push(worker.served);
    }
    let worst = equals.values().map(|served| unfairness(served)).fold(0.0, f64::max);
    let urgent: Vec<&Worker> = workers.iter().filter(|worker| worker.is_urgent()).collect();
    let (urgent_served, urgent_refused): (u32, u32) =
        urgent.iter().fold((0, 0), |(served, refused), worker| (served + worker.served, refused + worker.refused));
    let waits = workers.iter().filter(|worker| worker.waits_since.is_some()).count();
    let longest_s = workers.iter().map(|worker| worker.longest_wait_ms).max().unwrap() / 1000;
    eprintln!("20 applications, 5 accounts, 24 h: {served} writes at X, {} answered 429 by X", x.refused());
    eprintln!("{refused} asks told to come back; farthest from a fair share {worst:.1} %; {waits} left waiting");
    eprintln!("urgent: {urgent_served} served, {urgent_refused} refused; longest wait {longest_s} s");
    for ((kind, account), served) in &equals {
        eprintln!("  {kind:?} of account {account}: {served:?}");
    }
    assert_eq!((x.refused(), x.taken()), (0, served));
    assert!(worst <= 10.0, "{worst}");
    assert_eq!((waits, urgent_refused), (0, 0));
    assert!(served > 20_000 && refused > 100, "the windows were used, and used up");
}
