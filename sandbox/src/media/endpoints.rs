//! The media operations as X's endpoints: a call in, an answer out, an effect in the ledger.

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::body::FileBody;
use super::{OneShot, Receipt, Refusal};
use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::refusal::{self, Missing};
use crate::state::State;

const ONE_SHOT: &[&str] = &["media_category", "additional_owners", "media_type", "shared"];
const SEGMENT: &[&str] = &["segment_index"];

/// `POST /2/media/upload`
pub(crate) fn upload(state: &mut State, call: &Call) -> Outcome {
    let body = FileBody::read(call, ONE_SHOT)?;
    let owners = body.optional("additional_owners").unwrap_or_default();
    let owners: Vec<String> = owners.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect();
    let file =
        OneShot { media_category: body.member("media_category")?, additional_owners: &owners, media: body.media()? };
    let (now, rules, id) = (state.now_ms(), state.rules.processing(), next_id(state));
    let receipt = state.media.upload(user(call), &file, &id, rules, now)?;
    Ok(settle(state, call, "media.create", receipt))
}

/// `POST /2/media/upload/initialize`
pub(crate) fn initialize(state: &mut State, call: &Call) -> Outcome {
    let request = parse(call)?;
    let (now, id) = (state.now_ms(), next_id(state));
    Ok(Answer::ok(&state.media.initialize(user(call), &request, &id, now)?))
}

/// `POST /2/media/upload/{id}/append`
pub(crate) fn append(state: &mut State, call: &Call) -> Outcome {
    let body = FileBody::read(call, SEGMENT)?;
    let index = segment_index(body.member("segment_index")?)?;
    let (now, segment) = (state.now_ms(), body.media()?.clone());
    Ok(Answer::ok(&state.media.append(user(call), call.param("id"), index, segment, now)?))
}

/// `POST /2/media/upload/{id}/finalize`; a body is not looked at.
pub(crate) fn finalize(state: &mut State, call: &Call) -> Outcome {
    let (now, rules) = (state.now_ms(), state.rules.processing());
    let receipt = state.media.finalize(user(call), call.param("id"), rules, now)?;
    Ok(settle(state, call, "media.create", receipt))
}

/// `GET /2/media/upload`
pub(crate) fn status(state: &mut State, call: &Call) -> Outcome {
    if let Some(command) = call.query("command").filter(|command| *command != "STATUS") {
        return refusal::not_valid("command", command).refused();
    }
    let Some(id) = call.query("media_id") else {
        return refusal::not_valid("media_id", "").refused();
    };
    Ok(Answer::ok(&state.media.status(user(call), id, state.now_ms())?))
}

/// `POST /2/media/metadata`
pub(crate) fn describe(state: &mut State, call: &Call) -> Outcome {
    let now = state.now_ms();
    let receipt = state.media.describe(user(call), &parse(call)?, now)?;
    Ok(settle(state, call, "media.metadata", receipt))
}

/// `POST /2/media/subtitles`
pub(crate) fn add_subtitles(state: &mut State, call: &Call) -> Outcome {
    let now = state.now_ms();
    let receipt = state.media.add_subtitles(user(call), &parse(call)?, now)?;
    Ok(settle(state, call, "media.subtitles", receipt))
}

/// `DELETE /2/media/subtitles`, which has a body.
pub(crate) fn remove_subtitles(state: &mut State, call: &Call) -> Outcome {
    let now = state.now_ms();
    let receipt = state.media.remove_subtitles(user(call), &parse(call)?, now)?;
    Ok(settle(state, call, "media.subtitles", receipt))
}

/// Notes the effect, if there was one, and answers.
fn settle(state: &mut State, call: &Call, kind: &'static str, receipt: Receipt) -> Answer {
    if let Some(effect) = receipt.effect {
        state.commit(kind, call.caller.user_id(), effect);
    }
    Answer::ok(&receipt.answer)
}

fn user(call: &Call) -> &str {
    call.caller.user_id().unwrap_or_default()
}

/// Media and tweets share X's snowflakes.
fn next_id(state: &mut State) -> String {
    let now = state.now_ms();
    state.tweets.next_id(now).to_string()
}

fn segment_index(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::invalid("segment_index", text, "$.segment_index: must be an integer"))
}

fn parse<T: DeserializeOwned>(call: &Call) -> Result<T, Box<Answer>> {
    serde_json::from_slice(&call.body)
        .or_else(|error| refusal::invalid_set(json!({}), &format!("The request body is not valid: {error}")).refused())
}

impl From<Refusal> for Box<Answer> {
    fn from(refusal: Refusal) -> Self {
        Box::new(match refusal {
            Refusal::Invalid { parameter, value, message } => refusal::invalid(parameter, &value, &message),
            Refusal::NotFound { media_id } => {
                Missing { resource: "media", parameter: "media_id", value: &media_id }.problem()
            }
            Refusal::ChunkTooLarge => Answer::empty(StatusCode::PAYLOAD_TOO_LARGE),
        })
    }
}
