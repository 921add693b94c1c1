//! Uploads in parts that the client sends itself.

use axum::{
    Json,
    body::Body,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    account_of,
    answer::Media,
    body::{announced_length, chunks},
    fields,
};
use crate::{
    api::{
        accounts::Data,
        extract::{Acting, JsonBody, OptionalJsonBody, Surroundings},
    },
    domain::{
        api_key::Scope,
        caller::Caller,
        fault::{Code, Fault},
    },
    gateway::{
        body_limit,
        problem::{Problem, rfc3339},
    },
    services::{
        Context, accounts,
        media::{
            Source, Wishes,
            resumable::{self, Upload},
        },
    },
    x::media::{MediaType, SEGMENT_BYTES},
};

/// What an upload in parts begins with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginUpload {
    /// What the file is: `video/mp4`.
    media_type: String,
    /// Its size, in bytes.
    total_bytes: u64,
    /// X's category; by default that of a tweet with such a file.
    media_category: Option<String>,
}

/// An upload in parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadInParts {
    /// Its id, for this key alone.
    id: String,
    /// X's id of the medium it becomes.
    media_id: String,
    /// What the file is.
    media_type: &'static str,
    /// Its size, in bytes.
    total_bytes: u64,
    /// The size of every part but the last, in bytes.
    part_size: u64,
    /// How many parts there are: they are numbered from 0.
    parts: u64,
    /// The parts that X is known to have; some of the newest may be missing.
    parts_known: Vec<u16>,
    /// Until when it can be gone on with, in RFC 3339.
    expires_at: String,
    /// What X says of the medium, once the upload is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<Media>,
}

impl UploadInParts {
    fn of(id: String, upload: Upload) -> Self {
        Self {
            id,
            media_type: upload.media_type.as_str(),
            total_bytes: upload.total_bytes,
            part_size: SEGMENT_BYTES,
            parts: upload.parts(),
            parts_known: Vec::new(),
            expires_at: rfc3339(upload.expires_at),
            media_id: upload.media_id.into(),
            media: None,
        }
    }
}

/// A part that X has taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartTaken {
    /// Its number.
    part: u16,
    /// Its size, in bytes.
    size: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    sha256: String,
}

/// What an upload in parts ends with.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteUpload {
    /// What the medium shows: 1 to 1,000 characters.
    alt_text: Option<String>,
    /// How long to wait for processing, in seconds: 0 to 60, by default 30.
    wait_s: Option<u32>,
}

/// Begins an upload in parts.
#[utoipa::path(post, path = "/v1/media/uploads", tag = "media", request_body = BeginUpload,
    params(("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 201, body = Data<UploadInParts>), (status = "default", body = Problem)))]
pub async fn begin(acting: Acting, JsonBody(body): JsonBody<BeginUpload>) -> Result<Response, Fault> {
    let account = account_of(&acting).await?;
    let Acting { context, caller, .. } = &acting;
    let media_type = MediaType::parse(&body.media_type)
        .ok_or_else(|| Fault::field("media_type", "media-type", "X takes no media of this type."))?;
    let category = body.media_category.as_deref().map(fields::media_category).transpose()?;
    let (id, upload) = resumable::begin(context, caller, &account.id, media_type, body.total_bytes, category).await?;
    let place = HeaderValue::try_from(format!("/v1/media/uploads/{id}"));
    let data = UploadInParts::of(id, upload);
    let mut response = (StatusCode::CREATED, Data::json(data)).into_response();
    response.headers_mut().extend(place.map(|place| (header::LOCATION, place)));
    Ok(response)
}

/// Sends one part, the raw bytes. It may be sent again.
#[utoipa::path(put, path = "/v1/media/uploads/{id}/parts/{n}", tag = "media",
    params(("id" = String, Path, description = "The upload"), ("n" = u16, Path, description = "The part, from 0")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Data<PartTaken>), (status = "default", body = Problem)))]
pub async fn put_part(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path((id, n)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Data<PartTaken>>, Fault> {
    let upload = open(&context, &caller, &id).await?;
    let n: u16 =
        n.parse().map_err(|_| Fault::new(Code::InvalidRequest, "A part's number is a whole number, from 0."))?;
    let source = Source {
        chunks: chunks(&context, body, body_limit::MEDIA_PART),
        length: announced_length(&headers),
        declared: None,
    };
    let part = resumable::put_part(&context, &upload, n, source).await?;
    let data = PartTaken { part: n, size: part.size, sha256: part.sha256 };
    Ok(Data::json(data))
}

/// Ends an upload in parts, and waits for its processing.
#[utoipa::path(post, path = "/v1/media/uploads/{id}/complete", tag = "media",
    params(("id" = String, Path, description = "The upload")), request_body = CompleteUpload,
    responses((status = 201, body = Data<Media>), (status = 202, description = "X still works on it", body = Data<Media>),
        (status = "default", body = Problem)))]
pub async fn complete(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(id): Path<String>,
    OptionalJsonBody(body): OptionalJsonBody<CompleteUpload>,
) -> Result<Response, Fault> {
    let upload = open(&context, &caller, &id).await?;
    let body = body.unwrap_or_default();
    let wishes = Wishes {
        category: None,
        alt_text: body.alt_text.clone().map(fields::alt_text).transpose()?,
        wait_s: fields::wait_s(Some(body.wait_s.unwrap_or(fields::DEFAULT_WAIT_S)))?,
    };
    let media = resumable::complete(&context, &caller, &upload, wishes).await?;
    Ok(Media::of(media).known(upload.media_type.as_str(), None, body.alt_text).uploaded())
}

/// Tells how far an upload in parts is.
#[utoipa::path(get, path = "/v1/media/uploads/{id}", tag = "media",
    params(("id" = String, Path, description = "The upload")),
    responses((status = 200, body = Data<UploadInParts>), (status = "default", body = Problem)))]
pub async fn progress(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<UploadInParts>>, Fault> {
    let upload = open(&context, &caller, &id).await?;
    let parts_known = resumable::known_parts(&context, &upload).await;
    let media = resumable::outcome(&context, &upload).await?.map(Media::of);
    let data = UploadInParts { parts_known, media, ..UploadInParts::of(id, upload) };
    Ok(Data::json(data))
}

/// The upload `id`, if the caller may still act for its account.
async fn open(context: &Context, caller: &Caller, id: &str) -> Result<Upload, Fault> {
    caller.require(Scope::MediaWrite)?;
    let upload = resumable::open(context, caller, id)?;
    accounts::select(context, caller, Some(upload.account.as_str())).await?;
    Ok(upload)
}
