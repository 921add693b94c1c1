//! Renewal when something is broken: X, an object, KV, perch's own settings. No account is lost that X has not refused.

use std::sync::Arc;

use futures_util::future::join_all;
use http::StatusCode;
use perch::{
    domain::{api_key::Scope, fault::Code, ids::AccountId},
    services::tokens,
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    browser::{ADA, BOB, connect, x_grants},
    world::World,
};

const TOKEN: &str = "/2/oauth2/token";
/// A generation that no connection has: to name it asks the account's object past all copies.
const NONE: Option<u64> = Some(0);

async fn connected(world: &World) -> Vec<AccountId> {
    let key = world.key([Scope::AccountsRead, Scope::AccountsWrite]).await;
    let ids = [connect(world, &key, ADA).await, connect(world, &key, BOB).await];
    ids.iter().map(|id| AccountId::parse(id).unwrap()).collect()
}

fn x_refuses(world: &World, error: &str, status: u16) {
    world
        .x
        .on("POST", TOKEN)
        .always()
        .answer(status, json!({"error": error, "error_description": "Value passed for the token was invalid."}));
}

fn told(world: &World, event: &str) -> usize {
    world.log.lines().iter().filter(|line| line["event"] == event).count()
}

fn rows_of_loss(world: &World) -> usize {
    world.sql.dump().matches("needs-reconnect-").count()
}

async fn credential_is_renewed(world: &World, account: &AccountId) -> bool {
    let renewed = tokens::credential(&world.context(), account, NONE).await;
    renewed.is_ok_and(|credential| credential.generation() == 2)
}

#[tokio::test]
async fn an_hour_of_trouble_at_x_disconnects_nobody_and_is_over_within_a_minute() {
    let world = World::new();
    let accounts = connected(&world).await;
    world.clock.advance(7_200_001);
    for step in 0..720 {
        world.x.forget_rules();
        let x = world.x.on("POST", TOKEN).always();
        match step % 6 {
            0 => x.answer(429, json!({"title": "Too Many Requests"})),
            1 => x.answer(500, json!({"title": "Internal Server Error"})),
            2 => x.answer(503, Value::Null),
            3 => x.time_out(),
            4 => x.break_off(),
            _ => x.answer_text(502, "text/html", "<html>Bad Gateway</html>"),
        }
        for account in &accounts {
            let refused = tokens::credential(&world.context(), account, None).await.err().unwrap();
            assert_eq!(refused.code, Code::XUnavailable, "in step {step}");
        }
        world.settle().await;
        world.clock.advance(5_000);
    }
    let tries = || world.x.requests_to("POST", TOKEN).len();
    assert!(tries() > 100, "X was asked again and again: {}", tries());
    // X recovers at the worst moment: when it has just refused both.
    for account in &accounts {
        let before = tries();
        while tries() == before {
            world.clock.advance(1_000);
            assert!(!credential_is_renewed(&world, account).await);
        }
    }
    world.x.forget_rules();
    for _ in &accounts {
        x_grants(&world, "recovered");
    }
    let recovered = world.now();
    for account in &accounts {
        while !credential_is_renewed(&world, account).await {
            world.clock.advance(1_000);
        }
    }
    assert!(world.now().ms_since(recovered) <= 60_000, "{} ms", world.now().ms_since(recovered));
    world.settle().await;
    assert_eq!((rows_of_loss(&world), told(&world, "account.needs_reconnect")), (0, 0));
}

#[tokio::test]
async fn a_refused_client_is_the_operators_matter_and_no_accounts() {
    let world = World::new();
    let accounts = connected(&world).await;
    world.clock.advance(7_200_001);
    x_refuses(&world, "invalid_client", 401);
    for account in &accounts {
        let refused = tokens::credential(&world.context(), account, None).await.err().unwrap();
        assert_eq!(refused.code, Code::XMisconfigured);
    }
    world.settle().await;
    assert_eq!(told(&world, "x.client_refused"), 2, "each try says so");
    assert_eq!((rows_of_loss(&world), told(&world, "account.needs_reconnect")), (0, 0));
    world.x.forget_rules();
    world.clock.advance(30_000);
    x_grants(&world, "mended");
    assert!(credential_is_renewed(&world, &accounts[0]).await);
}

#[tokio::test]
async fn a_lost_account_is_told_once_however_many_ask() {
    let world = World::new();
    let accounts = connected(&world).await;
    world.clock.advance(7_200_001);
    x_refuses(&world, "invalid_grant", 400);
    let context = world.context();
    for _ in 0..3 {
        let answers = join_all((0..100).map(|_| tokens::credential(&context, &accounts[0], None))).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(|e| e.code == Code::AccountNeedsReconnect)));
        world.settle().await;
        world.objects.restart();
    }
    assert_eq!(world.x.requests_to("POST", TOKEN).len(), 3, "two to connect, one to be refused");
    assert_eq!((rows_of_loss(&world), told(&world, "account.needs_reconnect")), (1, 1));
    let line = world.log.lines().into_iter().find(|line| line["event"] == "account.needs_reconnect").unwrap();
    assert_eq!((&line["reason"], &line["generation"]), (&json!("grant_refused"), &json!(1)));
    let key = world.key([Scope::AccountsRead]).await;
    let shown = world.get(&format!("/v1/accounts/{}", accounts[0]), &key).await.expect_status(200).json();
    assert_eq!(shown["data"]["health"]["token_state"], "needs_reconnect");
    assert_eq!(shown["data"]["health"]["reason"], "grant_refused");
}

/// X has renewed; the object cannot be told, and whoever was to tell it is gone.
async fn undelivered(world: &World, account: &AccountId) {
    let gate = Arc::new(Semaphore::new(0));
    let renewed = json!({
        "token_type": "bearer", "expires_in": 7200, "access_token": "access-second", "refresh_token": "refresh-second",
    });
    world.x.on("POST", TOKEN).held(&gate).answer(StatusCode::OK.as_u16(), renewed);
    let (context, account) = (world.context(), account.clone());
    let asked = tokio::spawn(async move { tokens::credential(&context, &account, None).await });
    while world.x.requests_to("POST", TOKEN).len() < 3 {
        tokio::task::yield_now().await;
    }
    world.objects.set_down(true);
    gate.add_permits(1);
    let credential = asked.await.unwrap().unwrap();
    assert_eq!(credential.generation(), 2, "what X gave is good, whoever knows of it");
    world.settle().await;
    world.objects.set_down(false);
}

fn in_escrow(world: &World) -> usize {
    world.kv.snapshot().keys().filter(|key| key.starts_with("escrow/")).count()
}

#[tokio::test]
async fn what_could_not_be_committed_comes_back_out_of_escrow() {
    let world = World::new();
    let account = connected(&world).await.remove(0);
    world.clock.advance(7_200_001);
    undelivered(&world, &account).await;
    assert_eq!(in_escrow(&world), 1);
    assert!(!world.everything_kept().contains("-second"), "it is sealed");
    world.clock.advance(30_000);
    assert!(credential_is_renewed(&world.another_isolate(), &account).await);
    world.settle().await;
    assert_eq!(in_escrow(&world), 0, "it is removed when it is taken");
    assert_eq!(world.x.requests_to("POST", TOKEN).len(), 3, "the spent token was not sent again");
}

#[tokio::test]
async fn escrow_that_kv_does_not_show_yet_is_found_after_x_has_refused() {
    let world = World::new();
    let account = connected(&world).await.remove(0);
    world.clock.advance(7_200_001);
    world.kv.freeze_reads();
    undelivered(&world, &account).await;
    world.clock.advance(30_000);
    x_refuses(&world, "invalid_request", 400);
    let later = world.another_isolate();
    let refused = tokens::credential(&later.context(), &account, NONE).await.err().unwrap();
    assert_eq!(refused.code, Code::XUnavailable, "not lost yet");
    world.kv.thaw_reads();
    world.clock.advance(60_000);
    assert!(credential_is_renewed(&later, &account).await);
    world.settle().await;
    assert_eq!(world.x.requests_to("POST", TOKEN).len(), 4, "one replay, and no second");
    assert_eq!((in_escrow(&world), rows_of_loss(&world)), (0, 0));
}

#[tokio::test]
async fn a_commit_that_arrives_leaves_nothing_in_escrow() {
    let world = World::new();
    let account = connected(&world).await.remove(0);
    world.clock.advance(7_200_001);
    x_grants(&world, "second");
    assert!(credential_is_renewed(&world, &account).await);
    world.settle().await;
    assert_eq!(in_escrow(&world), 0);
}
