//! A write that a client asks for under its own name, at one of the gateway's two faces.

use perch_e2e::{App, Call, Ledger};
use reqwest::Method;
use serde_json::{Value, json};

/// The smallest GIF that X takes.
const GIF: &str = "R0lGODlhAwACAAAAADs=";

/// Where a client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    /// perch's own API.
    V1,
    /// X's, passed on.
    Relay,
}

impl Face {
    pub(super) const BOTH: [Self; 2] = [Self::V1, Self::Relay];

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::V1 => "/v1/tweets",
            Self::Relay => "/2/tweets",
        }
    }
}

/// A write that a client asks for under its own name.
pub(super) struct Asked<'a> {
    app: &'a App,
    face: Face,
    key: String,
    pub(super) text: String,
    body: Value,
}

impl<'a> Asked<'a> {
    /// The write called `key`, which no other is. Every fourth of one turn has links, what X escapes, or an image.
    pub(super) async fn new(app: &'a App, face: Face, key: &str, turn: usize) -> Self {
        let (text, media) = match turn % 4 {
            0 => (key.to_owned(), None),
            1 => (format!("{key} example.com/a and https://example.org/?b=1&c=2"), None),
            2 => (format!("1 < 2 & {key} > 0"), None),
            _ => (format!("look: {key}"), Some(image(app).await)),
        };
        let mut body = json!({ "text": text });
        if let Some(media) = media {
            body["media"] = json!({ "media_ids": [media] });
        }
        Self { app, face, key: key.to_owned(), text, body }
    }

    /// The request.
    pub(super) fn call(&self) -> Call {
        self.app.client.call(Method::POST, self.face.path()).header("idempotency-key", &self.key).json(&self.body)
    }

    /// The ids of the tweets that X has made of it.
    pub(super) fn at_x(&self, ledger: &Ledger) -> Vec<String> {
        let made = ledger.effects_of("tweet.create", &self.app.user);
        let mine = made.filter(|effect| effect.details["text"] == self.text.as_str());
        mine.filter_map(|effect| effect.details["tweet_id"].as_str().map(str::to_owned)).collect()
    }
}

async fn image(app: &App) -> String {
    let image = json!({"media": GIF, "media_category": "tweet_image"});
    app.client.post("/2/media/upload", &image).await.must(200).text("/data/id")
}
