//! The body of `POST /2/tweets`: closed, with X's limits and exclusions.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::config::is_id;
use crate::refusal;

/// The body of `POST /2/tweets` (spec 2.167, `CreatePostsRequest`). Unknown members are refused.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Draft {
    pub(crate) text: String,
    pub(crate) reply: Option<Reply>,
    pub(crate) quote_tweet_id: Option<String>,
    pub(crate) media: Option<Media>,
    pub(crate) poll: Option<Poll>,
    pub(crate) reply_settings: Option<ReplySettings>,
    community_id: Option<String>,
    share_with_followers: Option<bool>,
    for_super_followers_only: Option<bool>,
    nullcast: Option<bool>,
    direct_message_deep_link: Option<String>,
    card_uri: Option<String>,
    geo: Option<Geo>,
    edit_options: Option<EditOptions>,
    made_with_ai: Option<bool>,
    paid_partnership: Option<bool>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) in_reply_to_tweet_id: String,
    #[serde(default)]
    exclude_reply_user_ids: Vec<String>,
    #[serde(default)]
    auto_populate_reply_metadata: bool,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Media {
    #[serde(rename = "media_ids")]
    pub(crate) ids: Vec<String>,
    #[serde(default)]
    tagged_user_ids: Vec<String>,
    title: Option<String>,
    description: Option<String>,
    embeddable: Option<bool>,
    preview_media_id: Option<String>,
    call_to_actions: Option<Value>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Poll {
    options: Vec<String>,
    duration_minutes: u32,
    #[serde(default)]
    reply_settings: Option<ReplySettings>,
}

/// Who may reply; absent means everyone.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ReplySettings {
    Following,
    MentionedUsers,
    Subscribers,
    Verified,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Geo {
    place_id: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct EditOptions {
    previous_post_id: String,
}

impl Draft {
    /// Reads and checks a body; what needs no look at X's state is checked here.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Box<Answer>> {
        let draft: Self = serde_json::from_slice(body).map_err(|error| Box::new(unreadable(&error.to_string())))?;
        draft.check_exclusions()?;
        draft.check_ids()?;
        draft.check_media()?;
        draft.check_poll()?;
        if draft.text.trim().is_empty() && draft.media.is_none() {
            return refusal::invalid("text", &draft.text, "The `text` field can not be empty").refused();
        }
        Ok(draft)
    }

    pub(crate) fn media_ids(&self) -> &[String] {
        self.media.as_ref().map_or(&[], |media| &media.ids)
    }

    fn check_exclusions(&self) -> Result<(), Box<Answer>> {
        let given: [(&str, Option<Value>); 5] = [
            ("poll", self.poll.as_ref().map(|poll| json!(poll))),
            ("quote_tweet_id", self.quote_tweet_id.as_ref().map(|id| json!(id))),
            ("direct_message_deep_link", self.direct_message_deep_link.as_ref().map(|link| json!(link))),
            ("media", self.media.as_ref().map(|media| json!(media))),
            ("card_uri", self.card_uri.as_ref().map(|uri| json!(uri))),
        ];
        let present: Map<String, Value> =
            given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!([as_text(&value?)])))).collect();
        if present.len() < 2 {
            return Ok(());
        }
        let message =
            "You can only provide one of poll or quote_tweet_id or direct_message_deep_link or media or card_uri.";
        refusal::invalid_set(Value::Object(present), message).refused()
    }

    fn check_ids(&self) -> Result<(), Box<Answer>> {
        let reply = self.reply.as_ref().map(|reply| &reply.in_reply_to_tweet_id);
        let ids = [
            ("reply.in_reply_to_tweet_id", reply),
            ("quote_tweet_id", self.quote_tweet_id.as_ref()),
            ("community_id", self.community_id.as_ref()),
        ];
        let wrong = ids.into_iter().find_map(|(name, id)| id.filter(|id| !is_id(id)).map(|id| (name, id)));
        wrong.map_or(Ok(()), |(name, id)| {
            refusal::invalid(name, id, &format!("The `{name}` field value [{id}] does not match ^[0-9]{{1,19}}$"))
                .refused()
        })
    }

    fn check_media(&self) -> Result<(), Box<Answer>> {
        let Some(media) = &self.media else {
            return Ok(());
        };
        let count = media.ids.len();
        if !(1..=4).contains(&count) {
            let message = format!("The number of `media.media_ids` [{count}] is not between 1 and 4");
            return refusal::invalid("media.media_ids", &media.ids.join(","), &message).refused();
        }
        if media.tagged_user_ids.len() > 10 {
            let message = "The number of `media.tagged_user_ids` is not between 0 and 10";
            return refusal::invalid("media.tagged_user_ids", &media.tagged_user_ids.join(","), message).refused();
        }
        Ok(())
    }

    fn check_poll(&self) -> Result<(), Box<Answer>> {
        let Some(poll) = &self.poll else {
            return Ok(());
        };
        let is_option = |option: &String| (1..=25).contains(&option.chars().count());
        if !(2..=4).contains(&poll.options.len()) || !poll.options.iter().all(is_option) {
            let message = "A poll takes 2 to 4 options of 1 to 25 characters";
            return refusal::invalid("poll.options", &poll.options.join(","), message).refused();
        }
        if !(5..=10_080).contains(&poll.duration_minutes) {
            let value = poll.duration_minutes.to_string();
            return refusal::not_between("poll.duration_minutes", &value, 5, 10_080).refused();
        }
        Ok(())
    }
}

impl ReplySettings {
    /// The setting as X writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Following => "following",
            Self::MentionedUsers => "mentionedUsers",
            Self::Subscribers => "subscribers",
            Self::Verified => "verified",
        }
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn unreadable(reason: &str) -> Answer {
    refusal::invalid_set(json!({}), &format!("The request body is not valid: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> String {
        String::from_utf8(Draft::parse(body.as_bytes()).unwrap_err().body.to_vec()).unwrap()
    }

    #[test]
    fn every_member_of_the_body_is_accepted() {
        let body = json!({
            "text": "hi", "reply": {"in_reply_to_tweet_id": "1", "exclude_reply_user_ids": ["2"], "auto_populate_reply_metadata": true},
            "media": {"media_ids": ["3"], "tagged_user_ids": ["4"], "title": "t", "description": "d", "embeddable": true,
                      "preview_media_id": "5", "call_to_actions": {"visit_site": {"url": "https://example.com"}}},
            "reply_settings": "mentionedUsers", "community_id": "6", "share_with_followers": false,
            "for_super_followers_only": false, "nullcast": false, "geo": {"place_id": "p"},
            "edit_options": {"previous_post_id": "7"}, "made_with_ai": true, "paid_partnership": false
        });
        assert!(Draft::parse(body.to_string().as_bytes()).is_ok());
        let poll = r#"{"text":"?","poll":{"options":["a","b"],"duration_minutes":5,"reply_settings":"following"}}"#;
        assert!(Draft::parse(poll.as_bytes()).is_ok());
    }

    #[test]
    fn what_excludes_each_other_is_refused_in_the_words_of_x() {
        let said = refused(r#"{"text":"a","poll":{"options":["a","b"],"duration_minutes":5},"quote_tweet_id":"1"}"#);
        assert!(said.contains(
            "You can only provide one of poll or quote_tweet_id or direct_message_deep_link or media or card_uri."
        ));
    }

    #[test]
    fn the_body_is_closed_and_its_limits_hold() {
        for wrong in [
            r#"{"text":"a","unknown":1}"#,
            r#"{"text":1}"#,
            "not json",
            "{}",
            r#"{"text":"  "}"#,
            r#"{"text":"a","media":{"media_ids":[]}}"#,
            r#"{"text":"a","media":{"media_ids":["1","2","3","4","5"]}}"#,
            r#"{"text":"a","poll":{"options":["a"],"duration_minutes":5}}"#,
            r#"{"text":"a","poll":{"options":["a","b"],"duration_minutes":4}}"#,
            r#"{"text":"a","reply":{"in_reply_to_tweet_id":"x"}}"#,
            r#"{"text":"a","reply_settings":"everyone"}"#,
        ] {
            assert!(refused(wrong).contains("Invalid Request"), "{wrong}");
        }
    }
}
