//! A tweet that X will not refuse for its form.

use serde::{Serialize, Serializer};

use super::{FieldError, TextMeasure, TweetBody, TweetId, rules};

/// A checked tweet. It serialises as the body of `POST /2/tweets`, with the members that were given and no others.
///
/// **Invariant** The body inside has passed every rule; there is no way to change it but to one that passes too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TweetDraft {
    body: TweetBody,
    urls: u32,
}

impl TweetDraft {
    /// Checks `body`. `measure` is how X counts a text; `max_weighted` is what the account may post (280, or up to
    /// 25,000 with Premium).
    ///
    /// # Errors
    /// Every rule that `body` breaks, in the order of its members.
    pub fn check(
        body: TweetBody,
        measure: impl Fn(&str) -> TextMeasure,
        max_weighted: u32,
    ) -> Result<Self, Vec<FieldError>> {
        let text = measure(body.text.as_deref().unwrap_or_default());
        let broken = rules::broken(&body, &text, max_weighted);
        if broken.is_empty() { Ok(Self { body, urls: text.urls }) } else { Err(broken) }
    }

    /// The text, empty when there is only media.
    pub fn text(&self) -> &str {
        self.body.text.as_deref().unwrap_or_default()
    }

    /// The URLs in the text; a tweet with one costs more.
    pub fn urls(&self) -> u32 {
        self.urls
    }

    /// The tweet it answers.
    pub fn in_reply_to(&self) -> Option<&str> {
        self.body.reply.as_ref().map(|reply| reply.in_reply_to_tweet_id.as_str())
    }

    /// The uploads it shows.
    pub fn media_ids(&self) -> &[String] {
        self.body.media.as_ref().map_or(&[], |media| &media.media_ids)
    }

    /// The same tweet as an answer to `parent`.
    #[must_use]
    pub fn replying_to(mut self, parent: &TweetId) -> Self {
        let reply = self.body.reply.get_or_insert_default();
        parent.as_str().clone_into(&mut reply.in_reply_to_tweet_id);
        self
    }

    /// The body, to be changed and checked again.
    pub fn into_body(self) -> TweetBody {
        self.body
    }
}

impl Serialize for TweetDraft {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body.serialize(serializer)
    }
}
