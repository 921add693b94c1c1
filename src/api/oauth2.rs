//! `POST /2/oauth2/token`: tokens for servers that must talk to X directly, in X's own form, so that an SDK which refreshes its
//! token asks perch instead of X by its base URL alone.
//!
//! It is the one path of X's that perch answers itself. Off unless the setting `TOKEN_VENDING` is `on`.

mod answer;
mod asked;

use axum::{
    Json,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{Method, Request};
use secrecy::ExposeSecret;

use super::extract::{self, Surroundings};
use crate::{
    domain::allowance::WindowView,
    gateway::rate_limit,
    services::{
        Context,
        vending::{self, Vended},
    },
};
use answer::Refusal;
use asked::Question;

pub use answer::{OAuthError, TokenAnswer};
pub use asked::TokenRequest;

/// Hands out a token: for `refresh_token`, the access token of the account whose refresh handle is sent, which stays the same; for
/// `client_credentials`, the app's own bearer, for HTTP Basic with a key's id and the key, or with the consumer key and secret it
/// has issued. The key needs the scope `tokens:vend`.
#[utoipa::path(post, path = "/2/oauth2/token", tag = "tokens", security(()),
    request_body(content((TokenRequest = "application/x-www-form-urlencoded"), (TokenRequest = "application/json"))),
    responses((status = 200, body = TokenAnswer), (status = 400, body = OAuthError), (status = 401, body = OAuthError),
        (status = 403, body = OAuthError), (status = 429, body = OAuthError), (status = 503, body = OAuthError)))]
pub async fn token(Surroundings(context): Surroundings, request: Request<Body>) -> Response {
    let mut windows = Vec::new();
    let answered = answer(&context, request, &mut windows).await;
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    rate_limit::tell(response.headers_mut(), &windows);
    response
}

async fn answer(context: &Context, request: Request<Body>, windows: &mut Vec<WindowView>) -> Result<Response, Refusal> {
    if !context.config.token_vending {
        return Err(Refusal::switched_off());
    }
    let (parts, body) = request.into_parts();
    let body = extract::whole_body(context, body).await.map_err(|fault| Refusal::of_request(&fault))?;
    let question = Question::read(&parts.headers, &body)?;
    let refused = |fault| Refusal::of(&fault, &question);
    let proven = vending::prove(context, &question.asked).await.map_err(refused)?;
    let newest = rate_limit::admit(context, &Method::POST, proven.record.clone(), windows).await;
    let vended = vending::vend(context, &proven, newest).await.map_err(refused)?;
    Ok(Json(token_of(&vended, &question)).into_response())
}

fn token_of(vended: &Vended, question: &Question) -> TokenAnswer {
    TokenAnswer {
        token_type: "bearer",
        expires_in: vended.expires_in_s,
        access_token: vended.token.expose_secret().to_owned(),
        scope: vended.scopes.as_ref().map(|scopes| scopes.join(" ")),
        refresh_token: question.handle(),
    }
}
