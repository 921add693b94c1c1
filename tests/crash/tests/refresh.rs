//! A refresh killed at each of nine points, under both rules that X may have for a spent token.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use perch_crash::{Crash, Point, rounds};
use perch_e2e::{App, Ledger};
use serde_json::{Value, json};

const TOKEN: &str = "POST /2/oauth2/token";
/// The call that needs a token.
const CALL: &str = "/2/users/me";

/// A point of the refresh protocol.
struct Killed {
    name: &'static str,
    point: fn(&App) -> Point,
    /// The tokens are in the memory of the killed alone, or at X alone.
    unavoidable: bool,
}

const KILLED: [Killed; 9] = [
    avoidable("before lease", |app| Point::of_gateway("refresh.before-lease", &app.account)),
    avoidable("lease written", |app| Point::of_gateway("account.token.stored", &app.account)),
    avoidable("request sent", |app| Point::of_gateway("refresh.request-sent", &app.account)),
    avoidable("X not committed", |app| Point::x_received(TOKEN, &app.user)),
    unavoidable("X committed", |app| Point::x_committed(TOKEN, &app.user)),
    unavoidable("answer received", |app| Point::of_gateway("refresh.answer-received", &app.account)),
    avoidable("commit sent", |app| Point::of_gateway("account.commit.received", &app.account)),
    avoidable("committed", |app| Point::of_gateway("account.commit.stored", &app.account)),
    avoidable("before reply", |app| Point::of_gateway("refresh.before-reply", &app.account)),
];

const fn avoidable(name: &'static str, point: fn(&App) -> Point) -> Killed {
    Killed { name, point, unavoidable: false }
}

const fn unavoidable(name: &'static str, point: fn(&App) -> Point) -> Killed {
    Killed { name, point, unavoidable: true }
}

/// What became of one account after a kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// It works again.
    Recovered,
    /// A person must connect it.
    NeedsReconnect,
}

async fn a_refresh_killed_anywhere_under_plain_refusal(crash: &Crash) {
    killed_everywhere(crash, false).await;
}

async fn a_refresh_killed_anywhere_where_x_revokes_the_family(crash: &Crash) {
    killed_everywhere(crash, true).await;
}

async fn killed_everywhere(crash: &Crash, revokes_family: bool) {
    let sandbox = &crash.stack.sandbox;
    let _set = sandbox.control("oauth", &json!({"revoke_family_on_replay": revokes_family})).await;
    sandbox.rules(json!({"enforce_rate_limits": false})).await;
    let apps: Vec<App> = join_all(KILLED.iter().map(|_| crash.stack.app(json!({})))).await;
    let mut fates: BTreeMap<(usize, Fate), usize> = BTreeMap::new();
    let rounds = rounds(20, 300);
    for _ in 0..rounds {
        for (at, fate) in round(crash, &apps).await.into_iter().enumerate() {
            *fates.entry((at, fate)).or_default() += 1;
            if fate == Fate::NeedsReconnect {
                let again = crash.stack.connect(&apps[at].client, &apps[at].username).await;
                assert_eq!(again, apps[at].account);
            }
        }
    }
    for (at, (killed, app)) in KILLED.iter().zip(&apps).enumerate() {
        let count = |fate| fates.get(&(at, fate)).copied().unwrap_or_default();
        let (recovered, lost) = (count(Fate::Recovered), count(Fate::NeedsReconnect));
        eprintln!("  {:<16} {recovered:>3} recovered, {lost:>3} needs_reconnect", killed.name);
        assert_eq!(rows(crash, app, lost).await, lost, "{}: each loss is told exactly once", killed.name);
    }
}

/// Kills the gateway once, while each account's refresh stands at another point, and sees what became of each.
async fn round(crash: &Crash, apps: &[App]) -> Vec<Fate> {
    for app in apps {
        crash.stack.sandbox.expire_tokens(&app.user).await;
    }
    let mark = crash.stack.sandbox.mark().await;
    let points: Vec<Point> = KILLED.iter().zip(apps).map(|(killed, app)| (killed.point)(app)).collect();
    crash.arm(&points).await;
    let calls: Vec<_> =
        apps.iter().map(|app| tokio::spawn(app.client.call(reqwest::Method::GET, CALL).open())).collect();
    crash.reached().await;
    crash.kill().await;
    for call in calls {
        assert!(call.await.expect("a call ends").is_err(), "nobody was answered");
    }
    let fates = join_all(apps.iter().map(fate)).await;
    let ledger = crash.stack.sandbox.ledger_since(mark).await;
    for ((killed, app), fate) in KILLED.iter().zip(apps).zip(&fates) {
        check(killed, app, *fate, &ledger);
    }
    fates
}

/// Asks for the account until it works or is lost.
async fn fate(app: &App) -> Fate {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = app.client.get(CALL).await;
        match (answer.status.as_u16(), answer.code().as_str()) {
            (200, _) => return Fate::Recovered,
            (409, "account-needs-reconnect") => return Fate::NeedsReconnect,
            (502 | 503, _) => {}
            (status, code) => panic!("{status} {code}"),
        }
        assert!(Instant::now() < end, "it neither works nor is it lost");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn check(killed: &Killed, app: &App, fate: Fate, ledger: &Ledger) {
    let count = |kind| ledger.effects_of(kind, &app.user).count();
    let (refreshes, replays, name) = (count("token.refresh"), count("token.replay"), killed.name);
    assert_eq!(refreshes, 1, "{name}: X has renewed once");
    if killed.unavoidable {
        assert!(replays <= 1, "{name}: {replays} spent tokens were sent");
    } else {
        assert_eq!((fate, replays), (Fate::Recovered, 0), "{name}");
    }
}

/// How many rows say that the account was lost; asked until there are as many as expected, and a little longer.
async fn rows(crash: &Crash, app: &App, expected: usize) -> usize {
    let path = format!("/v1/audit?account={}&action=account.needs_reconnect&limit=200", app.account);
    let mut found = 0;
    for _ in 0..20 {
        let page: Value = crash.stack.admin().get(&path).await.must(200).json();
        found = page["data"].as_array().map_or(0, Vec::len);
        if found >= expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    found
}

crate::trials!(a_refresh_killed_anywhere_under_plain_refusal, a_refresh_killed_anywhere_where_x_revokes_the_family,);
