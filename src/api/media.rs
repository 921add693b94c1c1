//! Media: uploads in one request and in parts, and what is asked and said of a medium afterwards.

pub mod about;
mod answer;
mod body;
mod feed;
mod fields;
mod form;
pub mod uploads;

use std::sync::Arc;

use axum::{body::Body, extract::RawQuery, response::Response};
use http::{HeaderMap, header};

use super::{accounts::Data, extract::Acting};
use crate::{
    domain::{
        account::AccountRecord,
        api_key::Scope,
        fault::{Code, Fault},
    },
    gateway::{body_limit, problem::Problem},
    services::media::{self, Chunks, Source},
    x::media::MediaType,
};
use answer::Media;
use fields::Fields;

/// Uploads a file, as the body itself or in a form.
///
/// A form (`multipart/form-data`) has the file in a part named `media` or `file`, and what stands in the query here may be fields
/// of it. A file above 1 MiB is the form's last part.
#[utoipa::path(post, path = "/v1/media", tag = "media",
    params(("alt_text" = Option<String>, Query, description = "What the medium shows: 1 to 1,000 characters"),
        ("media_category" = Option<String>, Query, description = "X's category; by default that of a tweet with such a file"),
        ("wait_s" = Option<u32>, Query, description = "How long to wait for processing, in seconds: 0 to 60, by default 30"),
        ("total_bytes" = Option<u64>, Query, description = "The file's size, where Content-Length does not tell it"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Data<Media>), (status = 202, description = "X still works on it", body = Data<Media>),
        (status = "default", body = Problem)))]
pub async fn create(
    acting: Acting,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let account = account_of(&acting).await?;
    let Acting { context, caller, .. } = &acting;
    let mut fields = Fields::of_query(query.as_deref())?;
    let chunks = body::chunks(context, body, body_limit::MEDIA);
    let source = source(&headers, chunks, &mut fields).await?;
    let wishes = fields.wishes();
    let alt_text = wishes.alt_text.as_ref().map(|text| text.as_str().to_owned());
    let receipt = media::upload(context, caller, &account.id, source, wishes).await?;
    Ok(Media::of(receipt.media).known(receipt.media_type.as_str(), Some(receipt.sha256), alt_text).uploaded())
}

/// The file: the body itself, or the file of the form that it is.
async fn source(headers: &HeaderMap, chunks: Chunks, fields: &mut Fields) -> Result<Source, Fault> {
    let announced = body::announced_length(headers);
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.map(|value| value.to_str().unwrap_or_default().to_owned());
    let essence = content_type.as_deref().unwrap_or_default().split(';').next();
    let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "multipart/form-data" => {
            let boundary = multer::parse_boundary(content_type.unwrap_or_default()).map_err(|_| no_boundary())?;
            form::file(chunks, &boundary, announced, fields).await
        }
        "" | "application/octet-stream" => {
            Ok(Source { chunks, length: fields.total_bytes.or(announced), declared: None })
        }
        name if MediaType::parse(name).is_some() => {
            Ok(Source { chunks, length: fields.total_bytes.or(announced), declared: content_type })
        }
        _ => Err(Fault::new(
            Code::UnsupportedMediaType,
            "Send the file as multipart/form-data, or as itself with its own content type, such as image/png or video/mp4.",
        )),
    }
}

fn no_boundary() -> Fault {
    Fault::new(
        Code::InvalidRequest,
        "multipart/form-data needs a boundary in Content-Type; let the client library set that header.",
    )
}

/// The account to act for, when the key may upload at all.
async fn account_of(acting: &Acting) -> Result<Arc<AccountRecord>, Fault> {
    acting.caller.require(Scope::MediaWrite)?;
    acting.account().await
}
