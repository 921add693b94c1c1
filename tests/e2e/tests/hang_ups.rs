//! Clients that hang up after 0 to 3,000 ms while X takes its time to exchange a code or a refresh token: what X gives is kept.

use std::time::Duration;

use futures_util::future::join_all;
use perch_e2e::{App, Ledger, Stack};
use serde_json::json;
use url::Url;

use crate::raw;

/// X commits at once and answers after this, in ms: half of the clients leave before, half after.
const SLOW_MS: u64 = 1_500;

fn moments() -> impl Iterator<Item = Duration> {
    (0..=60).map(|step| Duration::from_millis(50 * step))
}

async fn x_answers_slowly(stack: &Stack) {
    let slow = json!({"kind": "latency", "ms": SLOW_MS, "after_commit": true});
    stack.sandbox.fault("POST", "/2/oauth2/token", None, slow).await;
}

/// Waits until whatever was begun has ended, and lets X be quick again.
async fn all_is_over(stack: &Stack) {
    tokio::time::sleep(Duration::from_millis(2 * SLOW_MS)).await;
    stack.sandbox.clear_faults().await;
}

async fn a_client_that_hangs_up_during_a_refresh_loses_no_token(stack: &Stack) {
    let stack = stack.direct();
    let mut apps = Vec::new();
    for _ in moments() {
        apps.push(stack.app(json!({})).await);
    }
    for app in &apps {
        stack.sandbox.expire_tokens(&app.user).await;
    }
    let mark = stack.sandbox.mark().await;
    x_answers_slowly(stack).await;
    let leave = |(app, after): (&App, Duration)| {
        let request = raw::request(app, "GET /2/users/me", "", "");
        async move { raw::send_and_leave(stack.port(), request.as_bytes(), after).await }
    };
    let told = join_all(apps.iter().zip(moments()).map(leave)).await;
    all_is_over(stack).await;
    for app in &apps {
        let _works = app.client.get("/2/users/me").await.must(200);
    }
    let ledger = stack.sandbox.ledger_since(mark).await;
    for app in &apps {
        assert_eq!(ledger.effects_of("token.refresh", &app.user).count(), 1, "what X gave was kept");
        assert_eq!(ledger.effects_of("token.replay", &app.user).count(), 0);
    }
    let left = told.iter().filter(|answer| answer.is_empty()).count();
    assert!(left > 20, "{left} clients left before their answer");
    eprintln!("  {} refreshes, {left} clients gone before the answer, 0 tokens lost", apps.len());
    stack.calm().await;
}

/// A browser on its way back from X, with the code.
struct Returning {
    username: String,
    user: String,
    callback: Url,
    request: String,
}

async fn returning(stack: &Stack) -> Returning {
    let (user, username) = stack.new_user();
    let begun = stack.admin().post("/v1/connect", &json!({})).await.must(201);
    let mut url = Url::parse(&begun.text("/data/url")).expect("an address to open");
    url.set_port(Some(stack.port())).expect("the address has a port");
    let mut browser = stack.browser();
    let mut agree = stack.agreeing(&username);
    let page = browser.follow(&url, |next| agree(next) && next.path() != "/connect/callback").await;
    let mut callback = page.location.expect("X sends the browser back");
    callback.set_port(Some(stack.port())).expect("the address has a port");
    let cookies = browser.cookies(&callback).unwrap_or_default();
    let (path, query) = (callback.path(), callback.query().unwrap_or_default());
    let request =
        format!("GET {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nCookie: {cookies}\r\n\r\n");
    Returning { username, user, callback, request }
}

async fn a_browser_that_hangs_up_during_the_exchange_loses_no_code(stack: &Stack) {
    let stack = stack.direct();
    let mut all = Vec::new();
    for _ in moments() {
        all.push(returning(stack).await);
    }
    let mark = stack.sandbox.mark().await;
    x_answers_slowly(stack).await;
    let leave = |(one, after): (&Returning, Duration)| {
        let request = one.request.clone();
        async move { raw::send_and_leave(stack.port(), request.as_bytes(), after).await }
    };
    let _told = join_all(all.iter().zip(moments()).map(leave)).await;
    all_is_over(stack).await;
    let ledger = stack.sandbox.ledger_since(mark).await;
    let mut lost = Vec::new();
    for one in &all {
        if !is_kept(stack, &ledger, one).await {
            lost.push(one.callback.path());
        }
    }
    let exchanged = all.iter().filter(|one| ledger.effects_of("token.issue", &one.user).count() == 1).count();
    assert!(lost.is_empty(), "{} of {} codes were lost", lost.len(), all.len());
    assert!(exchanged > 50, "{exchanged} codes were exchanged");
    eprintln!("  {exchanged} of {} codes exchanged, 0 lost", all.len());
    stack.calm().await;
}

/// Whether X's tokens are kept and work; or, if the browser left before perch had read its request, X has given none.
async fn is_kept(stack: &Stack, ledger: &Ledger, one: &Returning) -> bool {
    let issued = ledger.effects_of("token.issue", &one.user).count();
    let list = stack.admin().get("/v1/accounts").await.must(200).json();
    let accounts = list["data"].as_array().cloned().unwrap_or_default();
    let account = accounts.iter().find(|account| account["username"] == *one.username);
    match account.and_then(|account| account["id"].as_str()) {
        Some(id) => issued == 1 && stack.admin().acting_for(id).get("/2/users/me").await.status == 200,
        None => issued == 0,
    }
}

crate::trials!(
    a_client_that_hangs_up_during_a_refresh_loses_no_token,
    a_browser_that_hangs_up_during_the_exchange_loses_no_code,
);
