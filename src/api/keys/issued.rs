//! What a key may issue beside itself: values to sign with by OAuth 1.0a, and refresh handles.

use axum::Json;
use http::StatusCode;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::known;
use crate::{
    api::{
        envelope::One,
        extract::{JsonBody, Operator, PathText, Surroundings},
    },
    domain::fault::Fault,
    gateway::problem::Problem,
    services::keys,
};

/// For which account something is issued.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForAccount {
    /// A connected account that the key may use.
    #[schema(example = "acc_0123456789abcdef")]
    account_id: String,
}

/// What an OAuth 1.0a client is configured with. Until they are ended, the same are issued again.
#[derive(Serialize, ToSchema)]
pub struct SigningValues {
    /// The consumer (API) key.
    consumer_key: String,
    /// Its secret.
    consumer_secret: String,
    /// The access token; it begins with the account's X user id.
    token: String,
    /// Its secret.
    token_secret: String,
    /// The account that requests signed with them act for.
    account_id: String,
}

/// What a server sends as its refresh token. Until the key's handles are ended, the same is issued again.
#[derive(Serialize, ToSchema)]
pub struct IssuedHandle {
    /// The handle. It is worth nothing at X.
    refresh_token: String,
    /// The account whose access tokens it asks for.
    account_id: String,
}

/// Issues the four values with which an OAuth 1.0a client signs for one account, and acts as nothing else.
#[utoipa::path(post, path = "/v1/keys/{kid}/oauth1", tag = "keys", request_body = ForAccount, params(("kid" = String, Path, description = "The key's id")),
    responses((status = 201, body = One<SigningValues>), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn issue_oauth1(
    Surroundings(context): Surroundings,
    Operator(caller): Operator,
    PathText(kid): PathText,
    JsonBody(asked): JsonBody<ForAccount>,
) -> Result<(StatusCode, Json<One<SigningValues>>), Fault> {
    let issued = keys::issue_oauth1(&context, &caller, &known(&kid)?, &asked.account_id).await?;
    let data = SigningValues {
        consumer_key: issued.consumer_key.text(),
        consumer_secret: issued.secrets.consumer.expose_secret().to_owned(),
        token: issued.token.text(),
        token_secret: issued.secrets.token.expose_secret().to_owned(),
        account_id: issued.token.account.to_string(),
    };
    Ok((StatusCode::CREATED, Json(One { data })))
}

/// Ends all values the key has issued to sign with, within a second and for ever. Doing it again changes nothing.
#[utoipa::path(delete, path = "/v1/keys/{kid}/oauth1", tag = "keys", params(("kid" = String, Path, description = "The key's id")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn end_oauth1(
    Surroundings(context): Surroundings,
    Operator(caller): Operator,
    PathText(kid): PathText,
) -> Result<StatusCode, Fault> {
    keys::end_oauth1(&context, &caller, &known(&kid)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Issues the refresh handle by which `POST /2/oauth2/token` hands out access tokens of one account. The key needs `tokens:vend`.
#[utoipa::path(post, path = "/v1/keys/{kid}/refresh-handle", tag = "keys", request_body = ForAccount, params(("kid" = String, Path, description = "The key's id")),
    responses((status = 201, body = One<IssuedHandle>), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn issue_handle(
    Surroundings(context): Surroundings,
    Operator(caller): Operator,
    PathText(kid): PathText,
    JsonBody(asked): JsonBody<ForAccount>,
) -> Result<(StatusCode, Json<One<IssuedHandle>>), Fault> {
    let (handle, account) = keys::issue_handle(&context, &caller, &known(&kid)?, &asked.account_id).await?;
    let refresh_token = handle.expose().expose_secret().to_owned();
    let data = IssuedHandle { refresh_token, account_id: account.id.to_string() };
    Ok((StatusCode::CREATED, Json(One { data })))
}

/// Ends all refresh handles of the key, for ever. Doing it again changes nothing.
#[utoipa::path(delete, path = "/v1/keys/{kid}/refresh-handle", tag = "keys", params(("kid" = String, Path, description = "The key's id")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn end_handles(
    Surroundings(context): Surroundings,
    Operator(caller): Operator,
    PathText(kid): PathText,
) -> Result<StatusCode, Fault> {
    keys::end_handles(&context, &caller, &known(&kid)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
