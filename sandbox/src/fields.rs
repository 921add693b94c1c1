//! Query parameters that X's look-ups share: field lists, id lists, partial answers.

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::refusal::{self, PartialError};

const USER_FIELDS: [&str; 24] = [
    "confirmed_email",
    "connection_status",
    "created_at",
    "description",
    "entities",
    "id",
    "is_identity_verified",
    "location",
    "name",
    "parody",
    "profile_banner_url",
    "profile_image_url",
    "protected",
    "public_metrics",
    "receives_your_dm",
    "subscribes_to_you",
    "subscription",
    "subscription_type",
    "url",
    "username",
    "verified",
    "verified_followers_count",
    "verified_type",
    "withheld",
];

const OLDER_USER_FIELDS: [&str; 4] = ["affiliation", "most_recent_tweet_id", "pinned_tweet_id", "entities"];

const TWEET_FIELDS: [&str; 31] = [
    "article",
    "article_title",
    "attachments",
    "card_uri",
    "community_id",
    "context_annotations",
    "conversation_id",
    "created_at",
    "display_text_range",
    "edit_controls",
    "entities",
    "geo",
    "id",
    "lang",
    "matched_media_notes",
    "media_metadata",
    "non_public_metrics",
    "note_post",
    "note_request_suggestions",
    "organic_metrics",
    "paid_partnership",
    "possibly_sensitive",
    "promoted_metrics",
    "public_metrics",
    "reply_settings",
    "scopes",
    "source",
    "suggested_source_links",
    "suggested_source_links_with_counts",
    "text",
    "withheld",
];

const OLDER_TWEET_FIELDS: [&str; 6] =
    ["author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet", "referenced_tweets", "username"];

const EXPANSIONS: [&str; 16] = [
    "article.cover_media",
    "article.media_entities",
    "attachments.media_keys",
    "attachments.media_source_tweet",
    "attachments.poll_ids",
    "author_id",
    "edit_history_post_ids",
    "edit_history_tweet_ids",
    "entities.mentions.username",
    "geo.place_id",
    "in_reply_to_user_id",
    "referenced_posts",
    "referenced_tweets.id",
    "referenced_tweets.id.author_id",
    "username",
    "pinned_tweet_id",
];

const MEDIA_FIELDS: [&str; 13] = [
    "alt_text",
    "duration_ms",
    "height",
    "media_key",
    "non_public_metrics",
    "organic_metrics",
    "preview_image_url",
    "promoted_metrics",
    "public_metrics",
    "type",
    "url",
    "variants",
    "width",
];

/// The asked `media.fields`.
pub(crate) fn of_media(call: &Call) -> Result<Vec<String>, Box<Answer>> {
    known(call, "media.fields", &[&MEDIA_FIELDS])
}

/// The asked `user.fields`.
pub(crate) fn of_users(call: &Call) -> Result<Vec<String>, Box<Answer>> {
    known(call, "user.fields", &[&USER_FIELDS, &OLDER_USER_FIELDS])
}

/// The asked `tweet.fields` and `post.fields`, which are the same thing under two names.
pub(crate) fn of_tweets(call: &Call) -> Result<Vec<String>, Box<Answer>> {
    let known_fields: [&[&str]; 2] = [&TWEET_FIELDS, &OLDER_TWEET_FIELDS];
    let mut fields = known(call, "tweet.fields", &known_fields)?;
    fields.extend(known(call, "post.fields", &known_fields)?);
    Ok(fields)
}

/// The asked `expansions`.
pub(crate) fn expansions(call: &Call) -> Result<Vec<String>, Box<Answer>> {
    known(call, "expansions", &[&EXPANSIONS])
}

/// A required list of 1 to `most` values, separated by commas.
pub(crate) fn list(call: &Call, parameter: &'static str, most: usize) -> Result<Vec<String>, Box<Answer>> {
    let text = call.query(parameter).unwrap_or_default();
    let values: Vec<String> =
        text.split(',').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect();
    if values.is_empty() {
        let message = format!("The `{parameter}` query parameter can not be empty");
        return refusal::invalid(parameter, text, &message).refused();
    }
    if values.len() > most {
        let message = format!(
            "The number of values in the `{parameter}` query parameter list [{}] is not between 1 and {most}",
            values.len()
        );
        return refusal::invalid(parameter, text, &message).refused();
    }
    Ok(values)
}

/// `200` with `data` (left out when empty), `errors` (the same) and `includes`.
pub(crate) fn data_and_errors(data: Vec<Value>, errors: &[PartialError], includes: Option<Value>) -> Answer {
    let mut body = Map::new();
    if !data.is_empty() {
        body.insert("data".to_owned(), Value::Array(data));
    }
    if !errors.is_empty() {
        body.insert("errors".to_owned(), json!(errors));
    }
    if let Some(includes) = includes {
        body.insert("includes".to_owned(), includes);
    }
    Answer::ok(&body)
}

fn known(call: &Call, parameter: &str, known: &[&[&str]]) -> Result<Vec<String>, Box<Answer>> {
    let Some(text) = call.query(parameter) else {
        return Ok(Vec::new());
    };
    let is_known = |value: &str| known.iter().any(|group| group.contains(&value));
    let values: Vec<&str> = text.split(',').map(str::trim).filter(|value| !value.is_empty()).collect();
    match values.iter().find(|value| !is_known(value)) {
        None => Ok(values.into_iter().map(str::to_owned).collect()),
        Some(wrong) => {
            let names = known.concat().join(",");
            let message = format!("The `{parameter}` query parameter value [{wrong}] is not one of [{names}]");
            refusal::invalid(parameter, text, &message).refused()
        }
    }
}
