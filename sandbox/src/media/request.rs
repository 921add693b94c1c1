//! The JSON bodies of the media operations, as X's specification has them.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::category::Category;
use super::refusal::Refusal;

/// The most characters of an alt text.
const MAX_ALT_TEXT: usize = 1000;

/// The body of `POST /2/media/upload/initialize`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Initialize {
    /// Such as `video/mp4`.
    pub media_type: Option<String>,
    /// Bytes of the whole file.
    pub total_bytes: Option<u64>,
    /// Such as `tweet_video`; found out from the type when missing.
    pub media_category: Option<String>,
    /// Ids of other users who may use the medium.
    #[serde(default)]
    pub additional_owners: Vec<String>,
    /// Whether the medium is shared; without effect here.
    pub shared: Option<bool>,
}

/// The body of `POST /2/media/metadata`.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    /// The medium.
    pub id: String,
    /// What to note about it.
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

/// The body of `POST /2/media/subtitles`.
#[derive(Clone, Debug, Deserialize)]
pub struct CreateSubtitles {
    /// The video.
    pub id: String,
    /// `TweetVideo` or `AmplifyVideo`.
    pub media_category: String,
    /// The track.
    pub subtitles: Track,
}

/// One subtitle track.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
pub struct Track {
    /// The medium that holds the subtitles.
    pub id: String,
    /// Two capital letters.
    pub language_code: String,
    /// What people call the language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

/// The body of `DELETE /2/media/subtitles`.
#[derive(Clone, Debug, Deserialize)]
pub struct DeleteSubtitles {
    /// The video.
    pub id: String,
    /// `TweetVideo` or `AmplifyVideo`.
    pub media_category: String,
    /// The language of the track.
    pub language_code: String,
}

/// An `Initialize` that X takes.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) category: Category,
    pub(super) media_type: String,
    pub(super) total_bytes: u64,
}

impl Initialize {
    /// Checks type, category and size against each other.
    pub(super) fn plan(&self) -> Result<Plan, Refusal> {
        let media_type = self.media_type.clone().ok_or_else(|| missing("media_type"))?;
        let total_bytes = self.total_bytes.ok_or_else(|| missing("total_bytes"))?;
        let category = match &self.media_category {
            Some(name) => Category::parse(name)?,
            None => Category::of_type(&media_type),
        };
        category.kind().check_type(&media_type)?;
        category.kind().check_size("total_bytes", total_bytes)?;
        Ok(Plan { category, media_type, total_bytes })
    }
}

impl Metadata {
    /// The alt text, when the metadata carry one.
    pub(super) fn alt_text(&self) -> Result<Option<&str>, Refusal> {
        let Some(alt_text) = self.metadata.get("alt_text") else {
            return Ok(None);
        };
        let text = alt_text.get("text").and_then(Value::as_str).ok_or_else(|| missing("metadata.alt_text.text"))?;
        if text.chars().count() > MAX_ALT_TEXT {
            let message = format!("$.metadata.alt_text.text: must be at most {MAX_ALT_TEXT} characters long");
            return Err(Refusal::invalid("metadata.alt_text.text", text, message));
        }
        Ok(Some(text))
    }
}

impl Track {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let is_code = self.language_code.len() == 2 && self.language_code.chars().all(|c| c.is_ascii_uppercase());
        if is_code {
            return Ok(());
        }
        let message = "$.subtitles.language_code: does not match the regex pattern ^[A-Z]{2}$";
        Err(Refusal::invalid("subtitles.language_code", &self.language_code, message))
    }
}

/// Checks the category of the subtitle operations, which is written in another way than everywhere else.
pub(super) fn check_subtitled_category(name: &str) -> Result<(), Refusal> {
    let known = ["AmplifyVideo", "TweetVideo"];
    if known.contains(&name) {
        return Ok(());
    }
    Err(Refusal::not_in("media_category", name, &known))
}

pub(super) fn missing(parameter: &'static str) -> Refusal {
    Refusal::invalid(parameter, "", format!("$.{parameter}: is missing but it is required"))
}
