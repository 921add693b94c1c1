//! Connecting an X account: begin, open, X's answer, redeem.

mod cookie;

use axum::{
    Json,
    extract::{Path, RawQuery},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};
use utoipa::ToSchema;

use super::{
    accounts::{Account, Data},
    extract::{JsonBody, OptionalJsonBody, Surroundings},
};
use crate::{
    domain::{account::AccountRecord, api_key::Scope, caller::Caller, fault::Fault},
    gateway::{
        page,
        problem::{Problem, rfc3339},
    },
    services::connect::{self, Arrival, Landing, Nonce, Verdict, Wish},
};

/// What to connect, and where to go afterwards. Everything may be absent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Begin {
    /// One of the key's `return_uris`, letter for letter. Without it the browser is shown a page, and the key gets the account at
    /// once.
    return_uri: Option<String>,
    /// Your own state, given back with the connect code. At most 512 bytes.
    state: Option<String>,
    /// The X scopes to ask for; by default what `/v1` needs.
    scopes: Option<Vec<String>>,
    /// The account to connect again (`acc_…`). Another X user is then refused.
    account: Option<String>,
    /// Your own name for the account.
    label: Option<String>,
}

/// An attempt that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct Begun {
    /// The attempt's name.
    id: String,
    /// Where the account's owner opens it, in one browser.
    url: String,
    /// When it is over, in RFC 3339.
    expires_at: String,
}

/// What the browser brought to the return address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeem {
    /// The connect code. It works once, for 60 s, with the key that began.
    connect_code: String,
}

/// Begins an attempt at connecting an X account.
#[utoipa::path(post, path = "/v1/connect", tag = "connect", request_body = Option<Begin>, responses(
    (status = 201, body = Data<Begun>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn begin(
    Surroundings(context): Surroundings,
    caller: Caller,
    OptionalJsonBody(body): OptionalJsonBody<Begin>,
) -> Result<(StatusCode, Json<Data<Begun>>), Fault> {
    caller.require(Scope::AccountsWrite)?;
    let begun = connect::begin(&context, &caller, body.unwrap_or_default().into()).await?;
    let data = Begun { id: begun.state.as_str().to_owned(), url: begun.url, expires_at: rfc3339(begun.expires_at) };
    Ok((StatusCode::CREATED, Json(Data { data })))
}

/// Binds the attempt to this browser and sends it to X.
#[utoipa::path(get, path = "/connect/{id}", tag = "connect", security(()),
    params(("id" = String, Path, description = "The attempt's name")),
    responses((status = 303, description = "To X's consent page"), (status = 400, body = Problem)))]
pub async fn open(
    Surroundings(context): Surroundings,
    method: Method,
    headers: HeaderMap,
    Path(state): Path<String>,
) -> Result<Response, Fault> {
    // Who previews a link asks with HEAD. The attempt belongs to the first browser that means to use it.
    if method == Method::HEAD {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let jar = cookie::Jar::of(&context.config.public_url);
    let opened = connect::open(&context, &state, jar.find(&headers)).await?;
    let mut response = see_other(&opened.consent)?;
    response.headers_mut().insert(header::SET_COOKIE, jar.set(&opened.cookie)?);
    Ok(response)
}

/// Takes X's answer from the browser, and ends the attempt.
#[utoipa::path(get, path = "/connect/callback", tag = "connect", security(()), params(
    ("state" = String, Query, description = "The attempt's name"),
    ("code" = Option<String>, Query, description = "X's code"),
    ("error" = Option<String>, Query, description = "Why X gave none")),
    responses((status = 200, content_type = "text/html", body = String), (status = 303, description = "To the return address"),
    (status = 400, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn callback(
    Surroundings(context): Surroundings,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let jar = cookie::Jar::of(&context.config.public_url);
    let arrival = arrival(query.as_deref().unwrap_or_default(), jar.find(&headers));
    match connect::arrive(&context, arrival).await? {
        Landing::Return(url) => see_other(&url),
        Landing::Connected(account) => Ok(connected(&account)),
    }
}

/// Takes over a connected account: its id, and the right to use it.
#[utoipa::path(post, path = "/v1/connect/redeem", tag = "connect", request_body = Redeem,
    responses((status = 200, body = Data<Account>), (status = 400, body = Problem)))]
pub async fn redeem(
    Surroundings(context): Surroundings,
    caller: Caller,
    JsonBody(body): JsonBody<Redeem>,
) -> Result<Json<Data<Account>>, Fault> {
    caller.require(Scope::AccountsWrite)?;
    let account = connect::redeem(&context, &caller, &body.connect_code).await?;
    Account::now(&context, &caller, &account).await.map(Data::json)
}

impl From<Begin> for Wish {
    fn from(body: Begin) -> Self {
        Self {
            return_uri: body.return_uri,
            state: body.state,
            scopes: body.scopes,
            account: body.account,
            label: body.label,
        }
    }
}

/// Reads X's answer. A parameter that comes twice has two readings, so it has none.
fn arrival(query: &str, cookie: Option<Nonce>) -> Arrival {
    let one = |name: &str| {
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.into_owned())
    };
    let verdict = match (one("code"), one("error").as_deref()) {
        (None, Some("access_denied")) => Verdict::Declined,
        (None, Some(_)) => Verdict::Failed,
        (Some(code), None) if !code.is_empty() => Verdict::Agreed(code.into()),
        _ => Verdict::Unreadable,
    };
    Arrival { state: one("state").and_then(|state| Nonce::parse(&state)), cookie, verdict }
}

/// 303, which never repeats a method or a body (RFC 9700, 4.12).
fn see_other(url: &Url) -> Result<Response, Fault> {
    let location = HeaderValue::from_str(url.as_str()).map_err(|_| Fault::internal())?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

fn connected(account: &AccountRecord) -> Response {
    let text = format!("@{} is connected. You can close this window.", account.username);
    page::page(StatusCode::OK, "Connected", &text, account.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn read(query: &str) -> (bool, &'static str) {
        let arrival = arrival(query, None);
        let verdict = match arrival.verdict {
            Verdict::Agreed(_) => "agreed",
            Verdict::Declined => "declined",
            Verdict::Failed => "failed",
            Verdict::Unreadable => "unreadable",
        };
        (arrival.state.is_some(), verdict)
    }

    #[test]
    fn x_s_answers_are_told_apart() {
        assert_eq!(read(&format!("state={STATE}&code=abc")), (true, "agreed"));
        assert_eq!(read(&format!("error=access_denied&state={STATE}")), (true, "declined"));
        assert_eq!(read(&format!("error=invalid_scope&state={STATE}")), (true, "failed"));
    }

    #[test]
    fn what_has_two_readings_has_none() {
        for query in ["", "code=a&code=b", "code=a&error=access_denied", "code=", "error=a&error=b"] {
            assert_eq!(read(query), (false, "unreadable"), "{query}");
        }
        assert_eq!(read(&format!("state={STATE}&state={STATE}&code=a")), (false, "agreed"));
        assert_eq!(read("state=short&code=a"), (false, "agreed"));
    }
}
