//! A medium that X has whole.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::assembly::Assembled;
use super::category::{Category, Kind};
use super::owners::Owners;
use super::processing::{Processing, ProcessingRules, State};
use super::refusal::Refusal;
use super::request::Track;
use super::sniff::{self, Dimensions};
use crate::entropy::hex;

/// How long a medium can be posted: 24 hours.
pub(super) const LIFE_S: u64 = 86_400;

/// A medium that X has whole, its bytes let go.
#[derive(Clone, Debug)]
pub struct Medium {
    id: String,
    pub(super) owners: Owners,
    category: Category,
    media_type: String,
    bytes: u64,
    sha256: String,
    dimensions: Option<Dimensions>,
    processing: Option<Processing>,
    pub(super) expires_ms: u64,
    pub(super) metadata: Map<String, Value>,
    /// By language.
    pub(super) subtitles: BTreeMap<String, Track>,
}

impl Medium {
    pub(super) fn new(
        id: &str,
        owners: Owners,
        category: Category,
        media_type: String,
        file: &Assembled,
        rules: ProcessingRules,
        now_ms: u64,
    ) -> Self {
        Self {
            id: id.to_owned(),
            owners,
            category,
            media_type,
            bytes: file.bytes,
            sha256: hex(&file.sha256),
            dimensions: sniff::dimensions(&file.head),
            processing: category.kind().is_processed().then(|| Processing::start(now_ms, rules)),
            expires_ms: now_ms.saturating_add(LIFE_S * 1000),
            metadata: Map::new(),
            subtitles: BTreeMap::new(),
        }
    }

    /// What X does with it.
    pub fn kind(&self) -> Kind {
        self.category.kind()
    }

    /// Whether a tweet may carry it at `now_ms`: X is done with it and has not dropped it.
    pub fn is_postable(&self, now_ms: u64) -> bool {
        let done = self.processing.as_ref().is_none_or(|run| run.state(now_ms) == State::Succeeded);
        done && now_ms < self.expires_ms && self.kind() != Kind::Subtitles
    }

    /// X's answer to one-shot, finalize and STATUS.
    pub fn answer(&self, now_ms: u64) -> Value {
        let mut data = Map::new();
        data.insert("id".into(), json!(self.id));
        data.extend(self.category.media_key(&self.id).map(|key| ("media_key".into(), json!(key))));
        data.insert("expires_after_secs".into(), json!(self.expires_ms.saturating_sub(now_ms) / 1000));
        data.insert("size".into(), json!(self.bytes));
        data.extend(self.shape());
        data.extend(self.processing.as_ref().map(|run| ("processing_info".into(), run.info(now_ms))));
        json!({ "data": data })
    }

    /// X's media object: every field that is known; `None` for subtitles, which have no key.
    pub(super) fn object(&self) -> Option<Map<String, Value>> {
        let mut object = Map::new();
        object.insert("media_key".into(), json!(self.category.media_key(&self.id)?));
        let (kind, address) = match self.kind() {
            Kind::Image => ("photo", "url"),
            Kind::Gif => ("animated_gif", "preview_image_url"),
            Kind::Video | Kind::Subtitles => ("video", "preview_image_url"),
        };
        object.insert("type".into(), json!(kind));
        object.insert(address.into(), json!(format!("https://pbs.twimg.com/media/{}.jpg", self.id)));
        object.extend(self.alt_text().map(|text| ("alt_text".into(), text.clone())));
        if let Some(size) = self.dimensions {
            object.extend([("width".into(), json!(size.width)), ("height".into(), json!(size.height))]);
        }
        Some(object)
    }

    fn alt_text(&self) -> Option<&Value> {
        self.metadata.get("alt_text")?.get("text")
    }

    /// What the ledger keeps of its making.
    pub fn effect(&self) -> Value {
        json!({
            "media_id": self.id,
            "sha256": self.sha256,
            "bytes": self.bytes,
            "media_type": self.media_type,
            "category": self.category.name(),
        })
    }

    fn shape(&self) -> Option<(String, Value)> {
        match self.kind() {
            Kind::Video => Some(("video".into(), json!({"video_type": self.media_type}))),
            Kind::Subtitles => None,
            Kind::Image | Kind::Gif => self.dimensions.map(|size| {
                let image = json!({"w": size.width, "h": size.height, "image_type": self.media_type});
                ("image".into(), image)
            }),
        }
    }
}

/// X's word for a file whose bytes are not what they should be.
pub(super) fn unrecognized() -> Refusal {
    Refusal::invalid("media", "", "media type unrecognized.")
}
