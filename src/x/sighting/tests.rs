use serde_json::{Value, json};

use super::*;

fn seen(tweet: Value) -> Seen {
    serde_json::from_value(tweet).unwrap()
}

fn agrees(body: &Value, tweet: Value) -> bool {
    is_it(&body.to_string(), &seen(tweet))
}

#[test]
fn a_text_is_recognised_after_what_x_does_to_it() {
    let link = json!({"urls": [{"url": "https://t.co/abc123", "expanded_url": "http://example.com/a"}]});
    for (sent, shown, entities) in [
        ("hello", "hello", Value::Null),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d", Value::Null),
        ("read example.com/a now", "read https://t.co/abc123 now", link.clone()),
        ("read https://Example.com/a/ now", "read https://t.co/abc123 now", link.clone()),
        ("read example.com/a now", "read https://t.co/abc123 now", Value::Null),
        ("e\u{301}t\u{e9}", "\u{e9}t\u{e9}", Value::Null),
        ("two  spaces\n\nand lines ", "two spaces and lines", Value::Null),
    ] {
        let tweet = json!({"id": "1", "text": shown, "entities": entities});
        assert!(agrees(&json!({ "text": sent }), tweet), "{sent}");
    }
}

#[test]
fn another_text_is_another_tweet() {
    let link = json!({"urls": [{"url": "https://t.co/abc123", "expanded_url": "https://example.com/b"}]});
    for (sent, shown) in [
        ("hello", "hello there"),
        ("hello", "Hello"),
        ("hello", ""),
        ("read example.com/a now", "read https://t.co/abc123 now"),
        ("read now", "read https://t.co/abc123 now"),
        ("read now", "read now https://t.co/abc123"),
    ] {
        let tweet = json!({"id": "1", "text": shown, "entities": link});
        assert!(!agrees(&json!({ "text": sent }), tweet), "{sent}");
    }
}

#[test]
fn media_reply_and_quote_must_be_the_same() {
    let sent = json!({"text": "look", "media": {"media_ids": ["12", "34"]}, "reply": {"in_reply_to_tweet_id": "7"}});
    let shown = |keys: &[&str], reply: &str| {
        json!({"id": "1", "text": "look https://t.co/pic", "attachments": {"media_keys": keys},
            "referenced_tweets": [{"type": "replied_to", "id": reply}]})
    };
    assert!(agrees(&sent, shown(&["3_34", "3_12"], "7")));
    assert!(!agrees(&sent, shown(&["3_34"], "7")));
    assert!(!agrees(&sent, shown(&["3_34", "3_12"], "8")));
    assert!(!agrees(&json!({"text": "look"}), shown(&["3_34", "3_12"], "7")));
    let quote = json!({"text": "see", "quote_tweet_id": "9"});
    let quoting = |id: &str| json!({"id": "1", "text": "see https://t.co/xyz", "referenced_tweets": [{"type": "quoted", "id": id}]});
    assert!(agrees(&quote, quoting("9")));
    assert!(!agrees(&quote, quoting("10")));
    assert!(!agrees(&json!({"text": "see"}), quoting("9")));
}

#[test]
fn a_long_text_is_read_whole() {
    let long = "long ".repeat(100);
    let tweet = json!({"id": "1", "text": "long long…", "note_tweet": {"text": long.trim()}});
    assert!(agrees(&json!({ "text": long }), tweet));
}

#[test]
fn what_no_timeline_shows_cannot_be_looked_for() {
    let operation = crate::x::endpoints::tweets::CREATE;
    let can = |body: Value| can_be_seen(operation, &body.to_string());
    assert!(can(json!({"text": "a"})));
    assert!(can(json!({"media": {"media_ids": ["1"]}})));
    for body in [
        json!({"text": "a", "nullcast": true}),
        json!({"text": "a", "for_super_followers_only": true}),
        json!({"text": "a", "community_id": "1"}),
        json!({"text": "a", "edit_options": {"previous_post_id": "1"}}),
        json!({"poll": {"options": ["a", "b"], "duration_minutes": 5}}),
        json!("a"),
    ] {
        assert!(!can(body.clone()), "{body}");
    }
    assert!(!can_be_seen(crate::x::catalogue::CREATE_LISTS, r#"{"text":"a"}"#));
}
