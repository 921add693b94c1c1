//! A round: a write of each account, each killed at a place of its own, and what became of all of them.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use perch_crash::Crash;
use perch_e2e::{App, Ledger};
use serde_json::json;

use super::asked::{Asked, Face};
use super::place::{End, Place};

/// The longest that X's timelines lag behind, in ms: less than the settle time.
const LAG_MS: u64 = 1_000;
/// How long it may take until no write is open.
const PATIENCE: Duration = Duration::from_secs(40);
const POLL: Duration = Duration::from_millis(500);

/// An account whose writes are killed at one place.
pub(super) struct Case {
    app: App,
    face: Face,
    place: Place,
}

/// What became of one write.
pub(super) struct Fate {
    pub(super) case: String,
    pub(super) end: End,
    /// How it stands, as its client sees it before asking again; nothing, if the gateway has not heard of it.
    pub(super) state: Option<String>,
    /// How often X has it before the client asks again.
    pub(super) before: usize,
    /// How often in the end.
    pub(super) after: usize,
    /// What the client is answered that asks again: the status, and whether it names the one tweet that X has.
    pub(super) again: (u16, bool),
}

/// `copies` accounts for each of `places` and each face.
pub(super) async fn cases(crash: &Crash, places: &[Place], copies: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for place in places.iter().flat_map(|place| std::iter::repeat_n(*place, copies)) {
        for face in Face::BOTH {
            cases.push(Case { app: crash.stack.app(json!({})).await, face, place });
        }
    }
    cases
}

/// X forgets nothing, sees no duplicate, and shows what is new with a delay.
pub(super) async fn arrange(crash: &Crash) {
    let x = &crash.stack.sandbox;
    x.rules(json!({"refuse_duplicates": false, "enforce_rate_limits": false})).await;
    x.clear_faults().await;
    x.fault("GET", "/2/users/{id}/tweets", None, json!({"kind": "timeline_lag", "ms": LAG_MS})).await;
}

/// Has every account write once and kills it there; then waits until nothing is open, and asks again.
pub(super) async fn run(crash: &Crash, cases: &[Case], number: usize) -> Vec<Fate> {
    let mark = crash.stack.sandbox.mark().await;
    let asks = cases.iter().enumerate().map(|(turn, case)| async move {
        let key = format!("{number}-{turn}");
        Asked::new(&case.app, case.face, &key, turn + number).await
    });
    let asked: Vec<Asked> = join_all(asks).await;
    let (first, second): (Vec<_>, Vec<_>) = cases.iter().map(|case| case.place.points(&case.app)).unzip();
    crash.arm(&first).await;
    let calls: Vec<_> = asked.iter().map(|asked| tokio::spawn(asked.call().open())).collect();
    crash.reached().await;
    let second: Vec<_> = second.into_iter().flatten().collect();
    crash.kill_and_arm(&second).await;
    if !second.is_empty() {
        // Nobody asks for anything meanwhile: the objects wake by themselves.
        crash.reached().await;
        crash.kill().await;
    }
    for call in calls {
        assert!(call.await.expect("the call ends").is_err(), "whoever was killed answered nothing");
    }
    let states = settled(cases, number).await;
    let before = crash.stack.sandbox.ledger_since(mark).await;
    let answers = join_all(asked.iter().map(|asked| asked.call().send())).await;
    let after = crash.stack.sandbox.ledger_since(mark).await;
    let fates = cases.iter().zip(&asked).zip(states).zip(answers).map(|(((case, asked), state), answer)| {
        let answered = (answer.status.as_u16(), answer.json()["data"]["id"].as_str().map(str::to_owned));
        fate(case, asked, state, [&before, &after], answered)
    });
    fates.collect()
}

fn fate(
    case: &Case,
    asked: &Asked<'_>,
    state: Option<String>,
    [before, after]: [&Ledger; 2],
    (status, id): (u16, Option<String>),
) -> Fate {
    let made = asked.at_x(after);
    Fate {
        case: format!("{} at {}, “{}”", case.place, case.face.path(), asked.text),
        end: case.place.end,
        state,
        before: asked.at_x(before).len(),
        after: made.len(),
        again: (status, !made.is_empty() && made.first() == id.as_ref()),
    }
}

/// How the writes of an account stand, once none is open.
pub(super) async fn settled_states(app: &App) -> Vec<String> {
    let end = Instant::now() + PATIENCE;
    loop {
        let states = states(app).await;
        if !states.iter().any(|state| is_open(state)) {
            return states;
        }
        assert!(Instant::now() < end, "writes are still open: {states:?}");
        tokio::time::sleep(POLL).await;
    }
}

fn is_open(state: &str) -> bool {
    matches!(state, "waiting" | "sending" | "unknown")
}

/// How the newest write of each account stands, once none is open; nothing for an account that has written only `before` times.
async fn settled(cases: &[Case], before: usize) -> Vec<Option<String>> {
    let states = join_all(cases.iter().map(|case| settled_states(&case.app))).await;
    let newest = |mut states: Vec<String>| (states.len() > before).then(|| states.swap_remove(0));
    states.into_iter().map(newest).collect()
}

/// The states of all writes of an account, the newest first.
async fn states(app: &App) -> Vec<String> {
    let path = format!("/v1/accounts/{}/operations?limit=200", app.account);
    let listed = app.client.get(&path).await.must(200).json();
    let operations = listed["data"].as_array().cloned().unwrap_or_default();
    operations.iter().filter_map(|operation| operation["state"].as_str()).map(str::to_owned).collect()
}
