//! The app's own bearer: where it comes from, and what a rejection leads to.

use perch::{
    domain::fault::Code,
    services::tokens::{Credential, app_credential},
};
use secrecy::ExposeSecret;
use serde_json::json;

use super::world::World;

const PATH: &str = "/oauth2/token";
const BASIC: &str = "Basic Y29uc3VtZXI6Y29uc3VtZXItc2VjcmV0LWNhbmFyeQ==";

fn x_gives(world: &World, token: &str) {
    world.x.on("POST", PATH).answer(200, json!({"token_type": "bearer", "access_token": token}));
}

/// The bearer's text and generation.
async fn bearer(world: &World, rejected: Option<u64>) -> Result<(String, u64), Code> {
    match app_credential(&world.context(), rejected).await {
        Ok(Credential::Bearer { token, generation, .. }) => Ok((token.expose_secret().to_owned(), generation)),
        Ok(Credential::Sign { .. }) => panic!("nobody signs for the app"),
        Err(fault) => Err(fault.code),
    }
}

fn asked(world: &World) -> usize {
    world.x.requests_to("POST", PATH).len()
}

#[tokio::test]
async fn x_is_asked_once_and_the_copies_serve_everybody_else() {
    let world = World::new();
    x_gives(&world, "AAAA-canary-1");
    let first = bearer(&world, None).await.unwrap();
    assert_eq!(first.0, "AAAA-canary-1");
    let request = world.x.requests_to("POST", PATH).remove(0);
    assert_eq!(request.header("authorization"), Some(BASIC));
    assert_eq!(request.form(), [("grant_type".to_owned(), "client_credentials".to_owned())]);

    world.kv.set_down(true);
    assert_eq!(bearer(&world, None).await.as_ref(), Ok(&first), "from memory");
    world.kv.set_down(false);
    assert_eq!(bearer(&world.another_isolate(), None).await.as_ref(), Ok(&first), "from KV");
    assert_eq!(asked(&world), 1);
    assert!(world.kv.snapshot().contains_key("token:app"));
    assert!(!world.everything_kept().contains("AAAA-canary"));
}

#[tokio::test]
async fn a_rejected_bearer_is_asked_for_once_more() {
    let world = World::new();
    x_gives(&world, "AAAA-1");
    let (_, old) = bearer(&world, None).await.unwrap();
    x_gives(&world, "AAAA-2");
    let (token, new) = bearer(&world, Some(old)).await.unwrap();
    assert_eq!(token, "AAAA-2");
    assert_ne!(old, new);
    // Others who were rejected with the old one get the new without asking.
    assert_eq!(bearer(&world, Some(old)).await.unwrap().0, "AAAA-2");
    assert_eq!(bearer(&world.another_isolate(), Some(old)).await.unwrap().0, "AAAA-2");
    assert_eq!(asked(&world), 2);
    x_gives(&world, "AAAA-2");
    assert_eq!(bearer(&world, Some(new)).await.unwrap().0, "AAAA-2", "X may stand by it");
    assert_eq!(asked(&world), 3);
}

#[tokio::test]
async fn a_copy_that_lags_is_not_taken_for_the_new_one() {
    let world = World::new();
    x_gives(&world, "AAAA-1");
    let (_, old) = bearer(&world, None).await.unwrap();
    world.kv.freeze_reads();
    x_gives(&world, "AAAA-2");
    assert_eq!(bearer(&world.another_isolate(), Some(old)).await.unwrap().0, "AAAA-2");
}

#[tokio::test]
async fn another_app_s_copy_is_not_taken() {
    let world = World::new();
    x_gives(&world, "AAAA-1");
    bearer(&world, None).await.unwrap();
    let mut other = world.clone();
    other.app = World::with(&[("X_CONSUMER_KEY", "other")]).app;
    x_gives(&world, "AAAA-other");
    assert_eq!(bearer(&other, None).await.unwrap().0, "AAAA-other");
}

#[tokio::test]
async fn the_setting_wins_and_has_no_successor() {
    let world = World::with(&[("X_BEARER_TOKEN", "AAAA-set")]);
    let (token, generation) = bearer(&world, None).await.unwrap();
    assert_eq!(token, "AAAA-set");
    assert_eq!(bearer(&world, Some(generation)).await, Err(Code::XMisconfigured));
    assert_eq!(asked(&world), 0);
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named() {
    let world = World::with(&[("X_CONSUMER_SECRET", "")]);
    let fault = app_credential(&world.context(), None).await.err().unwrap();
    assert_eq!(fault.code, Code::XMisconfigured);
    for name in ["X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_BEARER_TOKEN"] {
        assert!(fault.detail.contains(name), "{}", fault.detail);
    }
    let world = World::new();
    let unverified = json!({"errors": [{"code": 99, "label": "authenticity_token_error", "message": "no"}]});
    world.x.on("POST", PATH).answer(403, unverified);
    assert_eq!(bearer(&world, None).await, Err(Code::XMisconfigured));
    world.x.on("POST", PATH).break_off();
    assert_eq!(bearer(&world, None).await, Err(Code::XUnavailable));
}

#[tokio::test]
async fn x_is_left_alone_while_its_token_endpoint_is_rested() {
    let world = World::new();
    world.x.on("POST", PATH).always().answer_text(503, "text/html", "<html>");
    for _ in 0..40 {
        assert_eq!(bearer(&world, None).await, Err(Code::XUnavailable));
        world.settle().await;
    }
    assert!(asked(&world) < 40, "the breaker never opened");
}
