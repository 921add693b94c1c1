//! What is refused before anything is sent to X.

use perch_e2e::Stack;
use serde_json::json;

async fn a_tweet_needs_a_key(stack: &Stack) {
    let mark = stack.sandbox.mark().await;
    let answer = stack.anonymous().post("/v1/tweets", &json!({"text": "hello"})).await;
    let _problem = answer.must_be_problem(401, "missing-key");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn a_tweet_needs_an_account(stack: &Stack) {
    let mark = stack.sandbox.mark().await;
    let answer = stack.admin().post("/v1/tweets", &json!({"text": "hello"})).await;
    let _problem = answer.must_be_problem(400, "account-needed");
    let nobody = stack.admin().acting_for("acc_0000000000000000");
    let answer = nobody.post("/v1/tweets", &json!({"text": "hello"})).await;
    let _problem = answer.must_be_problem(404, "account-not-found");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

crate::trials!(a_tweet_needs_a_key, a_tweet_needs_an_account);
