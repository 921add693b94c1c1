//! Clients that leave while X takes its time.

use std::time::Duration;

use futures_util::future::join_all;
use perch_crash::Crash;
use perch_e2e::App;
use serde_json::json;

use super::asked::{Asked, Face};
use super::round;

/// When the first client leaves and when the last, and how far they are apart, in ms.
const STEPS: std::ops::RangeInclusive<u64> = 0..=60;
const STEP_MS: u64 = 50;
/// How long X takes, in ms: the clients leave before it has begun, while it is at work, and after it is done.
const LATENCY_MS: u64 = 1_000;

/// X commits before it takes its time, or after.
pub(super) async fn clients_that_leave_lose_nothing(crash: &Crash) {
    round::arrange(crash).await;
    let apps: Vec<App> = join_all(STEPS.map(|_| crash.stack.app(json!({})))).await;
    for after_commit in [false, true] {
        let fault = json!({"kind": "latency", "ms": LATENCY_MS, "after_commit": after_commit});
        crash.stack.sandbox.fault("POST", "/2/tweets", None, fault).await;
        leave(crash, &apps, after_commit).await;
        round::arrange(crash).await;
    }
    crash.stack.sandbox.clear_faults().await;
}

async fn leave(crash: &Crash, apps: &[App], after_commit: bool) {
    let mark = crash.stack.sandbox.mark().await;
    let clients = apps.iter().zip(STEPS).flat_map(|(app, step)| Face::BOTH.map(|face| (app, step, face)));
    let asked = clients.map(|(app, step, face)| async move {
        let name = format!("{step}-{face:?}-{after_commit}");
        let asked = Asked::new(app, face, &name, 0).await;
        let stayed = tokio::time::timeout(Duration::from_millis(step * STEP_MS), asked.call().send()).await;
        (asked, stayed.ok().map(|answer| answer.status.as_u16()))
    });
    let asked = join_all(asked).await;
    let open = join_all(apps.iter().map(round::settled_states)).await;
    assert!(open.iter().flatten().all(|state| state == "done"), "what X did is known");
    let before = crash.stack.sandbox.ledger_since(mark).await;
    let once = |(asked, stayed): &(Asked<'_>, Option<u16>)| {
        let at_x = asked.at_x(&before).len();
        assert!(at_x <= 1, "{} is at X {at_x} times", asked.text);
        assert!(
            stayed.is_none_or(|status| (status, at_x) == (201, 1)),
            "{}: {stayed:?}, at X {at_x} times",
            asked.text
        );
        (at_x, usize::from(stayed.is_some()))
    };
    let (at_x, stayed) = asked.iter().map(once).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let answers = join_all(asked.iter().map(|(asked, _)| asked.call().send())).await;
    let after = crash.stack.sandbox.ledger_since(mark).await;
    for ((asked, _), answer) in asked.iter().zip(&answers) {
        assert_eq!(asked.at_x(&after), [answer.text("/data/id")], "{}", asked.text);
    }
    eprintln!("  {} clients, {stayed} stayed: X had {at_x} tweets once", asked.len());
}
