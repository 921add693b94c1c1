//! Each rule of a tweet's form, and what a draft promises.

mod drafts;
mod threads;

use serde_json::{Value, json};

use super::{FieldError, Rule, TextMeasure, TweetBody, TweetDraft};

/// Counts characters; the real measure belongs to another module and has its own tests.
fn measure(text: &str) -> TextMeasure {
    TextMeasure {
        weighted: u32::try_from(text.chars().count()).unwrap(),
        urls: u32::try_from(text.matches("https://").count()).unwrap(),
        forbidden_characters: text.contains('\u{FEFF}'),
    }
}

fn body(json: Value) -> TweetBody {
    serde_json::from_value(json).unwrap()
}

fn check(json: Value) -> Result<TweetDraft, Vec<FieldError>> {
    TweetDraft::check(body(json), measure, 280)
}

/// The fields and rules that are broken.
fn broken<T>(result: Result<T, Vec<FieldError>>) -> Vec<(String, Rule)> {
    let errors = result.err().unwrap_or_default();
    assert!(errors.iter().all(|error| !error.message.is_empty()));
    errors.into_iter().map(|error| (error.field, error.rule)).collect()
}

fn one(field: &str, rule: Rule) -> Vec<(String, Rule)> {
    vec![(field.to_owned(), rule)]
}

/// A body with every member that can stand beside the others.
fn rich() -> Value {
    json!({
        "text": "hello https://example.com",
        "reply": {
            "in_reply_to_tweet_id": "20",
            "exclude_reply_user_ids": ["12", "13"],
            "auto_populate_reply_metadata": true,
        },
        "media": {
            "media_ids": ["1", "2", "3", "4"],
            "tagged_user_ids": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
            "title": "t",
            "description": "d",
            "embeddable": false,
            "preview_media_id": "5",
            "call_to_actions": { "visit_site": { "url": "https://example.com/" } },
        },
        "reply_settings": "mentionedUsers",
        "community_id": "77",
        "share_with_followers": true,
        "for_super_followers_only": false,
        "nullcast": false,
        "direct_message_deep_link": "https://x.com/messages/compose?recipient_id=1",
        "geo": { "place_id": "01a9a39529b27f36" },
        "edit_options": { "previous_post_id": "19" },
        "made_with_ai": true,
        "paid_partnership": false,
    })
}
