//! What is asked and said of a medium that X has, wherever it was uploaded.

use axum::{
    Json,
    extract::{Path, RawQuery},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{account_of, answer::Media, fields};
use crate::{
    api::{
        accounts::Data,
        extract::{Acting, JsonBody},
    },
    domain::{
        fault::{Code, Fault},
        tweet::MediaId,
    },
    gateway::problem::Problem,
    services::media,
    x::endpoints::media::{SubtitledVideo, Track},
};

/// An alt text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAltText {
    /// What the medium shows: 1 to 1,000 characters.
    alt_text: String,
}

/// A medium and its alt text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Described {
    /// The medium.
    id: String,
    /// What it shows.
    alt_text: String,
}

/// A track of subtitles, uploaded as a medium of the category `subtitles`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subtitles {
    /// The track's media id.
    id: String,
    /// The language, in two capital letters.
    language_code: String,
    /// The language's name, for people.
    display_name: String,
    /// The video's category: `tweet_video`, which is the default, or `amplify_video`.
    #[serde(default = "tweet_video")]
    media_category: String,
}

/// Whether something was removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// That it was.
    deleted: bool,
}

/// Asks X what has become of a medium.
#[utoipa::path(get, path = "/v1/media/{media_id}", tag = "media",
    params(("media_id" = String, Path, description = "X's id of the medium"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Data<Media>), (status = "default", body = Problem)))]
pub async fn status(acting: Acting, Path(media_id): Path<String>) -> Result<Json<Data<Media>>, Fault> {
    let account = account_of(&acting).await?;
    let media = media::status(&acting.context, &account.id, &id(&media_id)?).await?;
    Ok(Data::json(Media::of(media)))
}

/// Gives a medium an alt text.
#[utoipa::path(put, path = "/v1/media/{media_id}/alt-text", tag = "media", request_body = SetAltText,
    params(("media_id" = String, Path, description = "X's id of the medium"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Data<Described>), (status = "default", body = Problem)))]
pub async fn set_alt_text(
    acting: Acting,
    Path(media_id): Path<String>,
    JsonBody(body): JsonBody<SetAltText>,
) -> Result<Json<Data<Described>>, Fault> {
    let account = account_of(&acting).await?;
    let Acting { context, caller, .. } = &acting;
    let (id, alt_text) = (id(&media_id)?, fields::alt_text(body.alt_text)?);
    media::describe(context, caller, &account.id, &id, &alt_text).await?;
    let data = Described { id: id.into(), alt_text: alt_text.as_str().to_owned() };
    Ok(Data::json(data))
}

/// Puts subtitles beside a video.
#[utoipa::path(put, path = "/v1/media/{media_id}/subtitles", tag = "media", request_body = Subtitles,
    params(("media_id" = String, Path, description = "X's id of the video"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Data<Subtitles>), (status = "default", body = Problem)))]
pub async fn put_subtitles(
    acting: Acting,
    Path(media_id): Path<String>,
    JsonBody(body): JsonBody<Subtitles>,
) -> Result<Json<Data<Subtitles>>, Fault> {
    let account = account_of(&acting).await?;
    let Acting { context, caller, .. } = &acting;
    let video_id = id(&media_id)?;
    let video = SubtitledVideo { id: &video_id, media_category: subtitled_category(&body.media_category)? };
    let track_id =
        MediaId::parse(&body.id).map_err(|_| Fault::field("id", "media-id", "A media id is 1 to 19 digits."))?;
    let track = Track {
        id: &track_id,
        language_code: language_code(&body.language_code)?,
        display_name: display_name(&body.display_name)?,
    };
    media::add_subtitles(context, caller, &account.id, video, track).await?;
    Ok(Data::json(body))
}

/// Takes subtitles away from a video.
#[utoipa::path(delete, path = "/v1/media/{media_id}/subtitles", tag = "media",
    params(("media_id" = String, Path, description = "X's id of the video"),
        ("language_code" = String, Query, description = "Two capital letters"),
        ("media_category" = Option<String>, Query, description = "The video's category: tweet_video, or amplify_video"),
        ("Perch-Account" = Option<String>, Header, description = "Account id, @handle or X user id")),
    responses((status = 200, body = Data<Deleted>), (status = "default", body = Problem)))]
pub async fn delete_subtitles(
    acting: Acting,
    Path(media_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Data<Deleted>>, Fault> {
    let account = account_of(&acting).await?;
    let Acting { context, caller, .. } = &acting;
    let video_id = id(&media_id)?;
    let (mut language, mut category) = (String::new(), tweet_video());
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "language_code" => language = value.into_owned(),
            "media_category" => category = value.into_owned(),
            _ => {
                return Err(Fault::new(Code::InvalidRequest, "The query takes language_code and media_category."));
            }
        }
    }
    let video = SubtitledVideo { id: &video_id, media_category: subtitled_category(&category)? };
    media::remove_subtitles(context, caller, &account.id, video, language_code(&language)?).await?;
    Ok(Data::json(Deleted { deleted: true }))
}

fn id(text: &str) -> Result<MediaId, Fault> {
    MediaId::parse(text)
        .map_err(|_| Fault::new(Code::InvalidRequest, "A media id is 1 to 19 digits; media_key is another thing."))
}

fn tweet_video() -> String {
    "tweet_video".to_owned()
}

/// This endpoint of X has a spelling of its own.
fn subtitled_category(name: &str) -> Result<&'static str, Fault> {
    match name {
        "tweet_video" => Ok("TweetVideo"),
        "amplify_video" => Ok("AmplifyVideo"),
        _ => Err(Fault::field("media_category", "category", "tweet_video or amplify_video.")),
    }
}

fn language_code(code: &str) -> Result<&str, Fault> {
    let well_formed = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let fault = || Fault::field("language_code", "language-code", "Two capital letters, such as EN.");
    well_formed.then_some(code).ok_or_else(fault)
}

fn display_name(name: &str) -> Result<&str, Fault> {
    let well_formed = !name.trim().is_empty() && name.chars().count() <= 100;
    let fault = || Fault::field("display_name", "length", "1 to 100 characters.");
    well_formed.then_some(name).ok_or_else(fault)
}
