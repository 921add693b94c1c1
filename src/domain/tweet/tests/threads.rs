//! Threads.

use serde_json::json;

use super::*;
use crate::domain::tweet::ThreadDraft;

fn thread(tweets: Vec<Value>) -> Result<ThreadDraft, Vec<FieldError>> {
    ThreadDraft::check(tweets.into_iter().map(body).collect(), measure, 280)
}

fn numbered(length: usize) -> Vec<Value> {
    (0..length).map(|index| json!({ "text": format!("tweet {index}") })).collect()
}

#[test]
fn a_thread_has_2_to_25_tweets_in_order() {
    for length in [0, 1, 26] {
        assert_eq!(broken(thread(numbered(length))), one("tweets", Rule::Count), "{length}");
    }
    for length in [2, 25] {
        let thread = thread(numbered(length)).unwrap();
        let texts: Vec<_> = thread.tweets().iter().map(TweetDraft::text).collect();
        assert_eq!(texts.len(), length);
        assert_eq!((texts[0], texts[1]), ("tweet 0", "tweet 1"));
        assert_eq!(thread.clone().into_tweets(), thread.tweets());
    }
}

#[test]
fn only_the_first_tweet_may_answer_another() {
    let reply = json!({ "text": "a", "reply": { "in_reply_to_tweet_id": "20" } });
    assert!(thread(vec![reply.clone(), json!({ "text": "b" })]).is_ok());
    assert_eq!(broken(thread(vec![json!({ "text": "b" }), reply])), one("tweets[1].reply", Rule::NotInThread));
}

#[test]
fn a_thread_edits_nothing() {
    let edit = json!({ "text": "a", "edit_options": { "previous_post_id": "20" } });
    let found = broken(thread(vec![edit, json!({ "text": "b" })]));
    assert_eq!(found, one("tweets[0].edit_options", Rule::NotInThread));
}

#[test]
fn a_tweet_is_not_repeated_in_a_thread() {
    let found = broken(thread(vec![json!({ "text": "a" }), json!({ "text": "b" }), json!({ "text": "a " })]));
    assert_eq!(found, one("tweets[2].text", Rule::Duplicate));
    let picture = |id: &str| json!({ "text": "look", "media": { "media_ids": [id] } });
    assert!(thread(vec![picture("1"), picture("2")]).is_ok());
    let silent = |id: &str| json!({ "media": { "media_ids": [id] } });
    assert!(thread(vec![silent("1"), silent("2")]).is_ok());
}

#[test]
fn all_faults_of_all_tweets_are_named_at_once() {
    let found = broken(thread(vec![
        json!({ "text": "" }),
        json!({ "text": "b", "community_id": "x" }),
        json!({ "text": "c".repeat(281), "reply": { "in_reply_to_tweet_id": "20" } }),
    ]));
    let expected = [
        ("tweets[2].reply", Rule::NotInThread),
        ("tweets[0].text", Rule::Empty),
        ("tweets[1].community_id", Rule::MalformedId),
        ("tweets[2].text", Rule::TooLong),
    ];
    assert_eq!(found, expected.map(|(field, rule)| (field.to_owned(), rule)));
}
