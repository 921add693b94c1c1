//! Tokens that X no longer takes: refreshed once, whoever asks and however many.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use perch_e2e::{App, Stack};
use serde_json::json;

async fn a_thousand_calls_at_expiry_refresh_once_and_none_fails(stack: &Stack) {
    let stack = stack.direct();
    let apps = [stack.app(json!({})).await];
    let busy = undisturbed(stack).await;
    refreshed_once_each(stack, &apps, 1000).await;
    busy.over().await;
}

async fn fifty_calls_on_each_of_a_hundred_expired_accounts_refresh_a_hundred_times(stack: &Stack) {
    let stack = stack.direct();
    let busy = undisturbed(stack).await;
    // Twenty accounts at a time: two processors cannot answer 5,000 calls within their deadline.
    for _ in 0..5 {
        let apps = join_all((0..20).map(|_| stack.app(json!({})))).await;
        refreshed_once_each(stack, &apps, 50).await;
    }
    busy.over().await;
}

/// A time in which neither X's windows nor perch's breakers say no: a crowd on one machine is slow.
struct Busy<'a>(&'a Stack);

async fn undisturbed(stack: &Stack) -> Busy<'_> {
    stack.sandbox.rules(json!({"enforce_rate_limits": false})).await;
    stack.hold_breakers_closed().await;
    Busy(stack)
}

impl Busy<'_> {
    async fn over(self) {
        self.0.sandbox.rules(json!({})).await;
        self.0.calm().await;
    }
}

/// X forgets the access tokens of `apps`; then each makes `calls` calls at once, all of them together.
async fn refreshed_once_each(stack: &Stack, apps: &[App], calls: usize) {
    for app in apps {
        // X says that its window has room for a crowd.
        let _told = app.client.get("/2/users/me").await.must(200);
        stack.sandbox.expire_tokens(&app.user).await;
    }
    let mark = stack.sandbox.mark().await;
    let asked = apps.iter().flat_map(|app| (0..calls).map(|_| app.client.get("/2/users/me")));
    let answers = join_all(asked).await;
    let mut failed: BTreeMap<String, usize> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        *failed.entry(format!("{} {}", answer.status, answer.code())).or_default() += 1;
    }
    assert!(failed.is_empty(), "of {} calls failed {failed:?}", answers.len());
    let ledger = stack.sandbox.ledger_since(mark).await;
    for app in apps {
        assert_eq!(ledger.effects_of("token.refresh", &app.user).count(), 1);
        assert_eq!(ledger.effects_of("token.replay", &app.user).count(), 0);
    }
    assert_eq!(ledger.requests_to("POST", "/2/oauth2/token").count(), apps.len());
    assert!(ledger.requests.iter().any(|seen| seen.status == Some(401)), "X had forgotten the token");
    eprintln!("  {} calls on {} accounts: {} refreshes, 0 failures", answers.len(), apps.len(), apps.len());
}

async fn a_tweet_refused_for_its_token_is_sent_once_with_the_next(stack: &Stack) {
    let app = stack.app(json!({})).await;
    stack.sandbox.expire_tokens(&app.user).await;
    let mark = stack.sandbox.mark().await;
    let _sent = app.client.post("/v1/tweets", &json!({"text": "after a refresh"})).await.must(201);
    let ledger = stack.sandbox.ledger_since(mark).await;
    let statuses: Vec<_> = ledger.requests_to("POST", "/2/tweets").map(|seen| seen.status).collect();
    assert_eq!(statuses, [Some(401), Some(201)]);
    assert_eq!(ledger.effects_of("token.refresh", &app.user).count(), 1);
    assert_eq!(ledger.effects_of("tweet.create", &app.user).count(), 1);
}

async fn an_operator_renews_a_token_by_hand(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let path = format!("/v1/accounts/{}/refresh", app.account);
    let renewed = app.client.call(reqwest::Method::POST, &path).send().await.must(200).json();
    assert_eq!(renewed["data"]["health"]["token_state"], "fresh");
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("token.refresh", &app.user).count(), 1);
    let _works = app.client.post("/v1/tweets", &json!({"text": "renewed"})).await.must(201);
}

async fn a_dead_grant_asks_for_its_owner(stack: &Stack) {
    let app = stack.app(json!({})).await;
    stack
        .sandbox
        .fault("POST", "/2/oauth2/token", Some(1), json!({"kind": "vector", "name": "oauth-refresh-spent"}))
        .await;
    stack.sandbox.expire_tokens(&app.user).await;
    let body = json!({"text": "too late"});
    let refused = app.client.post("/v1/tweets", &body).await;
    let _problem = refused.must_be_problem(409, "account-needs-reconnect");
    let mark = stack.sandbox.mark().await;
    let refused = app.client.post("/v1/tweets", &body).await;
    let _problem = refused.must_be_problem(409, "account-needs-reconnect");
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests_to("POST", "/2/oauth2/token").count(), 0, "a dead grant is not asked for again");
    let account = stack.connect(&app.client, &app.username).await;
    assert_eq!(account, app.account, "connected anew, it is the same account");
    let _works = app.client.post("/v1/tweets", &body).await.must(201);
    stack.calm().await;
}

crate::trials!(
    a_thousand_calls_at_expiry_refresh_once_and_none_fails,
    fifty_calls_on_each_of_a_hundred_expired_accounts_refresh_a_hundred_times,
    a_tweet_refused_for_its_token_is_sent_once_with_the_next,
    an_operator_renews_a_token_by_hand,
    a_dead_grant_asks_for_its_owner,
);
