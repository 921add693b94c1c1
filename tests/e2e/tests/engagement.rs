//! Likes, retweets, bookmarks and hidden replies: done, done again, taken back.

use perch_e2e::{App, Stack};
use serde_json::json;

/// Does `noun` twice and undoes it twice; X sees one effect of each kind.
async fn done_and_undone(stack: &Stack, noun: &str, kinds: [&str; 2]) {
    let (author, app) = (stack.app(json!({})).await, stack.app(json!({})).await);
    let tweet = tweet(&author).await;
    let path = format!("/v1/tweets/{tweet}/{noun}");
    let mark = stack.sandbox.mark().await;
    for _twice in 0..2 {
        let _done = app.client.put(&path).await.must(200);
    }
    for _twice in 0..2 {
        let _undone = app.client.delete(&path).await.must(200);
    }
    let ledger = stack.sandbox.ledger_since(mark).await;
    for kind in kinds {
        let effects: Vec<_> = ledger.effects_of(kind, &app.user).collect();
        assert_eq!(effects.len(), 1, "{kind}");
        assert_eq!(effects[0].details["tweet_id"], *tweet);
    }
}

async fn a_tweet_is_liked_and_unliked(stack: &Stack) {
    done_and_undone(stack, "like", ["like.create", "like.delete"]).await;
}

async fn a_tweet_is_retweeted_and_that_undone(stack: &Stack) {
    done_and_undone(stack, "retweet", ["retweet.create", "retweet.delete"]).await;
}

async fn a_tweet_is_bookmarked_and_removed(stack: &Stack) {
    done_and_undone(stack, "bookmark", ["bookmark.create", "bookmark.delete"]).await;
}

async fn a_reply_is_hidden_and_shown_again(stack: &Stack) {
    let (author, replier) = (stack.app(json!({})).await, stack.app(json!({})).await);
    let tweet = tweet(&author).await;
    let body = json!({"text": "a rude answer", "reply": {"in_reply_to_tweet_id": tweet}});
    let reply = replier.client.post("/v1/tweets", &body).await.must(201).text("/data/id");
    let path = format!("/v1/tweets/{reply}/hidden");
    let mark = stack.sandbox.mark().await;
    let hidden = author.client.put(&path).await.must(200).json();
    assert_eq!(hidden["data"]["hidden"], true);
    let shown = author.client.delete(&path).await.must(200).json();
    assert_eq!(shown["data"]["hidden"], false);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("reply.hide", &author.user).count(), 1);
    assert_eq!(ledger.effects_of("reply.unhide", &author.user).count(), 1);
}

async fn a_key_without_the_scope_may_not(stack: &Stack) {
    let app = stack.app(json!({"scopes": ["tweets:read", "accounts:read", "accounts:write"]})).await;
    let mark = stack.sandbox.mark().await;
    for path in ["/v1/tweets/1/like", "/v1/tweets/1/retweet", "/v1/tweets/1/bookmark", "/v1/tweets/1/hidden"] {
        let _refused = app.client.put(path).await.must_be_problem(403, "missing-scope");
    }
    let _refused = app.client.post("/v1/tweets", &json!({"text": "no"})).await.must_be_problem(403, "missing-scope");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn tweet(author: &App) -> String {
    let sent = author.client.post("/v1/tweets", &json!({"text": "something to talk about"})).await;
    sent.must(201).text("/data/id")
}

crate::trials!(
    a_tweet_is_liked_and_unliked,
    a_tweet_is_retweeted_and_that_undone,
    a_tweet_is_bookmarked_and_removed,
    a_reply_is_hidden_and_shown_again,
    a_key_without_the_scope_may_not,
);
