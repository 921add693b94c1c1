//! A user as JSON, with the fields that were asked for.

use serde_json::{Map, Value, json};

use crate::clock::rfc3339;
use crate::state::State;
use crate::users::User;

/// Fields this emulator fills; the others X knows are accepted and left out.
const FILLED: [&str; 8] =
    ["created_at", "description", "location", "profile_image_url", "protected", "public_metrics", "url", "verified"];

/// `user` with `id`, `name`, `username` and the asked `fields`.
pub(crate) fn user(state: &State, user: &User, fields: &[String]) -> Value {
    let account = &user.account;
    let mut view = Map::new();
    view.insert("id".to_owned(), json!(account.id));
    view.insert("name".to_owned(), json!(account.name));
    view.insert("username".to_owned(), json!(account.username));
    for field in FILLED.into_iter().filter(|field| fields.iter().any(|asked| asked == field)) {
        view.insert(field.to_owned(), value(state, user, field));
    }
    Value::Object(view)
}

fn value(state: &State, user: &User, field: &str) -> Value {
    match field {
        "created_at" => json!(rfc3339(user.created_at_ms)),
        "protected" | "verified" => json!(false),
        "profile_image_url" => {
            json!("https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png")
        }
        "public_metrics" => metrics(state, &user.account.id),
        _ => json!(""),
    }
}

fn metrics(state: &State, user_id: &str) -> Value {
    let tweets = state.tweets.count_by(user_id);
    let likes = state.engagement.likes.by_user(user_id).len();
    json!({
        "followers_count": state.follows.followers(user_id).count(),
        "following_count": state.follows.following(user_id).count(),
        "listed_count": 0,
        "like_count": likes,
        "media_count": 0,
        "post_count": tweets,
        "tweet_count": tweets,
    })
}
