//! `/v1/keys`: the API keys of the deployment. All of it needs the scope `admin`.

pub mod issued;
mod shapes;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};

use super::{
    envelope::{self, Many, One, PageAsked},
    extract::{JsonBody, Operator, OptionalJsonBody, PathText, QueryMembers, Surroundings},
};
use crate::{
    domain::{
        api_key::KeyId,
        fault::{Code, Fault},
    },
    gateway::problem::Problem,
    services::keys::{self, Made},
};

pub use shapes::{Key, KeyChange, KeyQuery, NewKey, Rotation, WholeKey};

/// Keys on a page: when nobody says, and at most.
const PAGE: (usize, usize) = (50, 200);

/// Makes a key. Its whole text is in this answer and never shown again.
#[utoipa::path(post, path = "/v1/keys", tag = "keys", request_body = NewKey,
    responses((status = 201, body = One<WholeKey>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    Surroundings(context): Surroundings,
    Operator(caller): Operator,
    JsonBody(body): JsonBody<NewKey>,
) -> Result<Response, Fault> {
    keys::create(&context, &caller, &body.into()).await.map(|made| whole(&made))
}

/// Lists keys, the newest first: revoked and expired ones too.
#[utoipa::path(get, path = "/v1/keys", tag = "keys", params(KeyQuery),
    responses((status = 200, body = Many<Key>), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    Surroundings(context): Surroundings,
    Operator(_caller): Operator,
    QueryMembers(query): QueryMembers<KeyQuery>,
) -> Result<Json<Many<Key>>, Fault> {
    let mut faults = Vec::new();
    let asked = PageAsked::read(query.limit.as_deref(), query.cursor.as_deref(), PAGE, &mut faults);
    envelope::accept(faults)?;
    let page = keys::page(&context, asked.cursor.as_ref(), asked.limit).await?;
    let now = context.now();
    let data = page.records.iter().map(|record| Key::of(record, now)).collect();
    Ok(Json(Many::new(data, page.next.as_ref())))
}

/// Shows a key, without its secret.
#[utoipa::path(get, path = "/v1/keys/{kid}", tag = "keys", params(("kid" = String, Path, description = "The key's id")),
    responses((status = 200, body = One<Key>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn read(
    Surroundings(context): Surroundings,
    Operator(_caller): Operator,
    PathText(kid): PathText,
) -> Result<Json<One<Key>>, Fault> {
    let record = keys::get(&context, &known(&kid)?).await?;
    Ok(Json(One { data: Key::of(&record, context.now()) }))
}

/// Changes a key's terms. Members that are absent stay as they are.
#[utoipa::path(patch, path = "/v1/keys/{kid}", tag = "keys", request_body = KeyChange, params(("kid" = String, Path, description = "The key's id")),
    responses((status = 200, body = One<Key>), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    Surroundings(context): Surroundings,
    Operator(caller): Operator,
    PathText(kid): PathText,
    JsonBody(body): JsonBody<KeyChange>,
) -> Result<Json<One<Key>>, Fault> {
    let record = keys::change(&context, &caller, &known(&kid)?, &body.into()).await?;
    Ok(Json(One { data: Key::of(&record, context.now()) }))
}

/// Makes a key that takes the place of this one, with the same terms. The old one works until the overlap ends.
#[utoipa::path(post, path = "/v1/keys/{kid}/rotate", tag = "keys", request_body = Option<Rotation>, params(("kid" = String, Path, description = "The old key's id")),
    responses((status = 201, body = One<WholeKey>), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn rotate(
    Surroundings(context): Surroundings,
    Operator(caller): Operator,
    PathText(kid): PathText,
    OptionalJsonBody(body): OptionalJsonBody<Rotation>,
) -> Result<Response, Fault> {
    let Rotation { overlap_s, mode } = body.unwrap_or_default();
    keys::rotate(&context, &caller, &known(&kid)?, overlap_s, mode.into()).await.map(|made| whole(&made))
}

/// Revokes a key, for ever. Doing it again changes nothing.
#[utoipa::path(delete, path = "/v1/keys/{kid}", tag = "keys", params(("kid" = String, Path, description = "The key's id")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn revoke(
    Surroundings(context): Surroundings,
    Operator(caller): Operator,
    PathText(kid): PathText,
) -> Result<StatusCode, Fault> {
    keys::revoke(&context, &caller, &known(&kid)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is no key id names no key.
fn known(kid: &str) -> Result<KeyId, Fault> {
    KeyId::parse(kid).map_err(|_| Fault::new(Code::KeyNotFound, "A key's id has ten letters and digits."))
}

/// The one answer that holds a whole key.
fn whole(made: &Made) -> Response {
    let location = HeaderValue::from_str(&format!("/v1/keys/{}", made.record.kid));
    let now = made.record.created_at;
    let data = WholeKey { key: made.key.expose(), record: Key::of(&made.record, now) };
    let mut response = (StatusCode::CREATED, Json(One { data })).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
