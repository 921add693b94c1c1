//! Media as clients see them: X's names, and perch's own beside them.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{api::accounts::Data, gateway::problem::rfc3339, services::media::Uploaded, x::media::Processing};

/// A medium.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names are X's")]
pub struct Media {
    /// X's id of it: what a tweet's `media_ids` take.
    id: String,
    /// X's key of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    media_key: Option<String>,
    /// Its size, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// What it is: `image/png`.
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
    /// What X says of its processing: `state`, `check_after_secs`, `progress_percent`. Without it, or with the state `succeeded`,
    /// the medium can be posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    processing_info: Option<Value>,
    /// Until when X keeps it if it is not posted, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// SHA-256 of the bytes that went through perch, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// The alt text it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    alt_text: Option<String>,
    #[serde(skip)]
    check_after_s: Option<u32>,
}

impl Media {
    /// What X says of a medium.
    pub(super) fn of(media: Uploaded) -> Self {
        let check_after_s = match media.processing {
            Processing::Wait { after_s, .. } => Some(after_s),
            Processing::Ready | Processing::Failed { .. } => None,
        };
        Self {
            id: media.id.into(),
            media_key: media.media_key,
            size: media.size,
            media_type: None,
            processing_info: media.processing_info,
            expires_at: media.expires_at.map(rfc3339),
            sha256: None,
            alt_text: None,
            check_after_s,
        }
    }

    /// With what perch knows of it.
    pub(super) fn known(self, media_type: &'static str, sha256: Option<String>, alt_text: Option<String>) -> Self {
        Self { media_type: Some(media_type), sha256, alt_text, ..self }
    }

    /// 201 for a medium that can be posted; 202 for one that X works on, with when and where to ask.
    pub(super) fn uploaded(self) -> Response {
        let Some(after_s) = self.check_after_s else {
            return (StatusCode::CREATED, Data::json(self)).into_response();
        };
        let place = HeaderValue::try_from(format!("/v1/media/{}", self.id));
        let mut response = (StatusCode::ACCEPTED, Data::json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, after_s.into());
        headers.extend(place.map(|place| (header::LOCATION, place)));
        response
    }
}
