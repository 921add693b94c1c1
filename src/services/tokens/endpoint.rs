//! Calls to X's token and revocation endpoints.

use http::{HeaderMap, HeaderValue, Method, header};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    domain::{
        Timestamp,
        account::FailureClass,
        breaker::{Group, outcome_of},
        retry::Effect,
    },
    ports::{TransportFault, UpstreamBody, UpstreamRequest, UpstreamResponse},
    services::{Context, breakers, x::for_breaker},
    x::oauth2::{self, Client, Form, GrantRefusal, Granted},
};

/// How long X's token endpoint may take, in ms.
const PATIENCE_MS: u32 = 10_000;

/// Exchanges an authorization code, once.
///
/// # Errors
/// Why X granted nothing.
pub async fn exchange_code(
    context: &Context,
    code: &str,
    redirect_uri: &Url,
    verifier: &SecretString,
) -> Result<Granted, GrantRefusal> {
    grant(context, oauth2::exchange_code(client(context), code, redirect_uri, verifier), None).await
}

/// Exchanges a refresh token, once, unless it would leave later than `latest`.
pub(super) async fn refresh(
    context: &Context,
    refresh_token: &SecretString,
    latest: Timestamp,
) -> Result<Granted, GrantRefusal> {
    grant(context, oauth2::refresh(client(context), refresh_token), Some(latest)).await
}

/// Revokes a token at X. Answers whether X took it.
pub async fn revoke(context: &Context, token: &SecretString, hint: &'static str) -> bool {
    let form = oauth2::revoke(client(context), token, hint);
    post(context, "2/oauth2/revoke", form).await.is_ok_and(|answer| answer.status == 200)
}

/// Asks for the app's own bearer, which X answers the same until it is invalidated: nothing is spent.
pub(super) async fn app_bearer(
    context: &Context,
    consumer_key: &str,
    consumer_secret: &SecretString,
) -> Result<SecretString, GrantRefusal> {
    let form = oauth2::client_credentials(consumer_key, consumer_secret);
    let answer = guarded(context, "oauth2/token", form, Effect::Read, None).await?;
    oauth2::read_bearer(answer.status, &answer.body)
}

/// A grant spends a code or a refresh token, so it is never a probe and never repeated.
async fn grant(context: &Context, form: Form, latest: Option<Timestamp>) -> Result<Granted, GrantRefusal> {
    let answer = guarded(context, "2/oauth2/token", form, Effect::Create, latest).await?;
    oauth2::read_grant(answer.status, &answer.body)
}

/// Posts through the breaker of token endpoints.
async fn guarded(
    context: &Context,
    path: &str,
    form: Form,
    effect: Effect,
    latest: Option<Timestamp>,
) -> Result<UpstreamResponse, GrantRefusal> {
    let transient = |reason: &str| GrantRefusal { class: FailureClass::Transient, reason: reason.to_owned() };
    let admitted = breakers::admit(context, Group::Tokens, effect).await;
    let pass = admitted.map_err(|_| transient("breaker_open"))?;
    let started = context.now();
    // The breaker's object may have taken its time.
    if latest.is_some_and(|latest| started > latest) {
        return Err(transient("too_late"));
    }
    let answer = post(context, path, form).await;
    let took_ms = context.now().ms_since(started);
    breakers::note(context, Group::Tokens, pass, outcome_of(for_breaker(&answer), took_ms, Group::Tokens));
    answer.map_err(|_| transient("no_answer"))
}

async fn post(context: &Context, path: &str, form: Form) -> Result<UpstreamResponse, TransportFault> {
    let mut headers = HeaderMap::new();
    let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(crate::x::USER_AGENT));
    if let Some(basic) = form.authorization {
        let mut value = HeaderValue::from_str(basic.expose_secret()).map_err(|_| TransportFault::Broken)?;
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    let mut url = context.config.x.api_url.clone();
    url.set_path(path);
    let body = UpstreamBody::Bytes(form.body.expose_secret().to_owned().into());
    let request = UpstreamRequest { method: Method::POST, url, headers, body, timeout_ms: PATIENCE_MS };
    context.call.note(|facts| facts.x_calls += 1);
    context.ports.upstream.send(request).await
}

fn client(context: &Context) -> Client<'_> {
    Client { id: &context.config.x.client_id, secret: context.config.x.client_secret.as_ref() }
}
