//! A tweet's text as X shows it, which is not what was sent.
//!
//! X puts it into NFC, replaces each link by one of `t.co`, appends one more for media, and escapes `&`, `<` and `>`. Where the
//! links lead stands in `entities.urls`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::state::State;
use crate::text;
use crate::tweets::Tweet;

/// Characters of the code of a `t.co` link.
const CODE: usize = 10;

/// A text as X shows it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Shown {
    /// The text.
    pub(crate) text: String,
    /// Its links: `start` and `end` in code points, `url`, `expanded_url`, `display_url`; of media also `media_key`.
    pub(crate) urls: Vec<Value>,
}

impl Shown {
    /// What X shows of `tweet`.
    pub(crate) fn of(state: &State, tweet: &Tweet) -> Self {
        let sent: String = tweet.text.nfc().collect();
        let mut shown = Self::default();
        let mut from = 0;
        for (number, link) in text::links(&sent).into_iter().enumerate() {
            shown.push(sent.get(from..link.start).unwrap_or_default());
            from = link.end;
            shown.link(tweet.id, number, &with_scheme(sent.get(link).unwrap_or_default()), None);
        }
        shown.push(sent.get(from..).unwrap_or_default());
        shown.append_media(state, tweet);
        shown
    }

    /// `entities`, if there is anything in it.
    pub(crate) fn entities(&self) -> Option<Value> {
        (!self.urls.is_empty()).then(|| json!({ "urls": self.urls }))
    }

    fn push(&mut self, plain: &str) {
        self.text.push_str(&plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
    }

    fn link(&mut self, tweet: u64, number: usize, expanded: &str, media_key: Option<&Value>) {
        let url = short(tweet, number);
        let start = self.text.chars().count();
        self.text.push_str(&url);
        self.note(start, &url, expanded, media_key);
    }

    fn note(&mut self, start: usize, url: &str, expanded: &str, media_key: Option<&Value>) {
        let display = expanded.trim_start_matches("https://").trim_start_matches("http://");
        let mut entity = json!({
            "start": start, "end": start + url.len(), "url": url, "expanded_url": expanded, "display_url": display,
        });
        if let (Some(entity), Some(key)) = (entity.as_object_mut(), media_key) {
            entity.insert("media_key".to_owned(), key.clone());
        }
        self.urls.push(entity);
    }

    /// One link stands for all media, and is told once for each.
    fn append_media(&mut self, state: &State, tweet: &Tweet) {
        let keys: Vec<&Value> = tweet.media.iter().filter_map(|object| object.get("media_key")).collect();
        let Some((first, rest)) = keys.split_first() else { return };
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let author = state.users.by_id(&tweet.author_id).map_or("i", |user| user.account.username.as_str());
        let expanded = format!("https://x.com/{author}/status/{}/photo/1", tweet.id);
        let (start, number) = (self.text.chars().count(), self.urls.len());
        self.link(tweet.id, number, &expanded, Some(first));
        for key in rest {
            self.note(start, &short(tweet.id, number), &expanded, Some(key));
        }
    }
}

fn with_scheme(link: &str) -> String {
    let lower = link.to_lowercase();
    let has_scheme = ["http://", "https://"].iter().any(|scheme| lower.starts_with(scheme));
    if has_scheme { link.to_owned() } else { format!("http://{link}") }
}

/// The `t.co` link that stands for the link with this number.
fn short(tweet: u64, number: usize) -> String {
    let digest = Sha256::digest(format!("{tweet}/{number}"));
    let letters: String =
        URL_SAFE_NO_PAD.encode(digest).chars().filter(char::is_ascii_alphanumeric).take(CODE).collect();
    format!("https://t.co/{letters}")
}
