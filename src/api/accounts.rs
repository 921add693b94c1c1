//! Connected accounts: list, look, add, change, remove.

mod shape;

use axum::{Json, extract::Path};
use http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::extract::{JsonBody, Surroundings};
use crate::{
    domain::{api_key::Scope, caller::Caller, fault::Fault},
    gateway::problem::Problem,
    services::accounts::{self, Change, Relabel, UserTokens},
};

pub use shape::{Account, Data, Health, List, RateWindow};

/// OAuth 1.0a tokens that X has given for an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// The token.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String)]
    oauth_token: SecretString,
    /// Its secret.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String)]
    oauth_token_secret: SecretString,
    /// Your own name for the account.
    label: Option<String>,
}

/// What to change. What is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Your own name for the account; `null` removes it.
    #[serde(default, deserialize_with = "relabel")]
    #[schema(value_type = Option<String>)]
    label: Option<Relabel>,
    /// Whether it is the account this key uses when a request names none.
    default: Option<bool>,
    /// Whether calls for it are refused.
    paused: Option<bool>,
}

/// Lists the accounts this key may use, the newest first.
#[utoipa::path(get, path = "/v1/accounts", tag = "accounts", responses((status = 200, body = List)))]
pub async fn list(Surroundings(context): Surroundings, caller: Caller) -> Result<Json<List>, Fault> {
    caller.require(Scope::AccountsRead)?;
    let records = accounts::list(&context, &caller).await.map_err(accounts::out_of_reach)?;
    Ok(Json(List::of(&caller, &records)))
}

/// Shows an account, and how it is.
#[utoipa::path(get, path = "/v1/accounts/{id}", tag = "accounts",
    params(("id" = String, Path, description = "The account, `acc_…`")),
    responses((status = 200, body = Data<Account>), (status = 404, body = Problem)))]
pub async fn get(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<Account>>, Fault> {
    caller.require(Scope::AccountsRead)?;
    let record = accounts::usable(&context, &caller, &id).await?;
    let health = accounts::health(&context, &record).await?;
    Ok(Data::json(Account::of(caller.record(), &record).with_health(health)))
}

/// Adds an account with OAuth 1.0a tokens.
#[utoipa::path(post, path = "/v1/accounts", tag = "accounts", request_body = Add, responses(
    (status = 201, body = Data<Account>), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    Surroundings(context): Surroundings,
    caller: Caller,
    JsonBody(body): JsonBody<Add>,
) -> Result<(StatusCode, Json<Data<Account>>), Fault> {
    caller.require(Scope::AccountsWrite)?;
    let label = body.label.as_deref().map(accounts::label).transpose()?;
    let tokens = UserTokens { token: body.oauth_token, secret: body.oauth_token_secret };
    let record = accounts::add(&context, &caller, &tokens, label).await?;
    let account = Account::now(&context, &caller, &record).await?;
    Ok((StatusCode::CREATED, Data::json(account)))
}

/// Changes an account's label, its pause, or whether it is this key's default.
#[utoipa::path(patch, path = "/v1/accounts/{id}", tag = "accounts", request_body = Patch,
    params(("id" = String, Path, description = "The account, `acc_…`")),
    responses((status = 200, body = Data<Account>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn patch(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Patch>,
) -> Result<Json<Data<Account>>, Fault> {
    caller.require(Scope::AccountsWrite)?;
    let change = body.try_into()?;
    let record = accounts::usable(&context, &caller, &id).await?;
    let record = accounts::change(&context, &caller, record, change).await?;
    Account::now(&context, &caller, &record).await.map(Data::json)
}

/// Makes an account the one this key uses when a request names none.
#[utoipa::path(put, path = "/v1/accounts/{id}/default", tag = "accounts",
    params(("id" = String, Path, description = "The account, `acc_…`")),
    responses((status = 200, body = Data<Account>), (status = 404, body = Problem)))]
pub async fn make_default(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<Account>>, Fault> {
    caller.require(Scope::AccountsWrite)?;
    let record = accounts::usable(&context, &caller, &id).await?;
    let record = accounts::make_default(&context, &caller, record).await?;
    Account::now(&context, &caller, &record).await.map(Data::json)
}

/// Renews an account's token now.
#[utoipa::path(post, path = "/v1/accounts/{id}/refresh", tag = "accounts",
    params(("id" = String, Path, description = "The account, `acc_…`")),
    responses((status = 200, body = Data<Account>), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn refresh(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<Account>>, Fault> {
    caller.require(Scope::AccountsWrite)?;
    let record = accounts::usable(&context, &caller, &id).await?;
    accounts::refresh(&context, &record).await?;
    let health = accounts::health(&context, &record).await?;
    Ok(Data::json(Account::of(caller.record(), &record).with_health(health)))
}

/// Removes an account and revokes its tokens at X.
#[utoipa::path(delete, path = "/v1/accounts/{id}", tag = "accounts",
    params(("id" = String, Path, description = "The account, `acc_…`")),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn remove(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Fault> {
    caller.require(Scope::AccountsWrite)?;
    let record = accounts::usable(&context, &caller, &id).await?;
    accounts::remove(&context, &caller, &record).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl TryFrom<Patch> for Change {
    type Error = Fault;

    fn try_from(body: Patch) -> Result<Self, Fault> {
        let label = match body.label {
            Some(Relabel::To(text)) => Some(Relabel::To(accounts::label(&text)?)),
            removed_or_absent => removed_or_absent,
        };
        Ok(Self { label, paused: body.paused, default: body.default })
    }
}

/// A label that is there: `null` takes the old one off, which leaving it out does not.
fn relabel<'de, D: Deserializer<'de>>(member: D) -> Result<Option<Relabel>, D::Error> {
    let label = Option::deserialize(member)?;
    Ok(Some(label.map_or(Relabel::Remove, Relabel::To)))
}

/// A text that cannot be printed from here on.
fn secret<'de, D: Deserializer<'de>>(member: D) -> Result<SecretString, D::Error> {
    String::deserialize(member).map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(body: &str) -> Option<Change> {
        serde_json::from_str::<Patch>(body).ok()?.try_into().ok()
    }

    #[test]
    fn an_absent_label_stays_and_null_removes_it() {
        assert_eq!(change("{}").unwrap().label, None);
        assert_eq!(change(r#"{"label":null}"#).unwrap().label, Some(Relabel::Remove));
        assert_eq!(change(r#"{"label":" press "}"#).unwrap().label, Some(Relabel::To("press".to_owned())));
        assert!(change(r#"{"label":""}"#).is_none());
        assert!(change(r#"{"lable":"a"}"#).is_none());
    }
}
