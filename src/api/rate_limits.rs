//! X's rate limits, per account and endpoint.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::Acting;
use crate::{
    domain::{
        api_key::Scope,
        fault::Fault,
        ids::AccountId,
        window::{Source, Window},
    },
    gateway::problem::rfc3339,
    services::windows,
};

/// The windows of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct RateLimits {
    /// One per endpoint and window.
    data: Vec<RateLimit>,
    /// Of which account; `app` for the app's own bearer.
    account_id: String,
}

/// One window.
#[derive(Debug, Serialize, ToSchema)]
pub struct RateLimit {
    /// Method and path at X; with `24h` for the day's window.
    endpoint: String,
    /// Calls per window.
    limit: u32,
    /// Calls left.
    remaining: u32,
    /// When it resets, in RFC 3339; absent while no window runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_at: Option<String>,
    /// `learned` from X's answers, or `prior`: X's published table.
    #[schema(value_type = String)]
    source: Source,
}

impl RateLimit {
    fn of(window: Window) -> Self {
        Self {
            endpoint: window.name,
            limit: window.limit,
            remaining: window.remaining,
            reset_at: window.reset_at.map(rfc3339),
            source: window.source,
        }
    }
}

/// Shows what is left of X's limits for an account, or for the app's own bearer.
#[utoipa::path(get, path = "/v1/rate-limits", tag = "rate limits",
    params(("Perch-Account" = Option<String>, Header, description = "Account id, @handle, X user id, or app")),
    responses((status = 200, body = RateLimits)))]
pub async fn list(acting: Acting) -> Result<Json<RateLimits>, Fault> {
    acting.caller.require(Scope::AccountsRead)?;
    let (owner, windows) = if acting.names_the_app() {
        let app = AccountId::app();
        let windows = windows::learned(&acting.context, &app).await?;
        (app, windows)
    } else {
        let account = acting.account().await?;
        (account.id.clone(), windows::all(&acting.context, &account.id).await?)
    };
    let data = windows.into_iter().map(RateLimit::of).collect();
    Ok(Json(RateLimits { data, account_id: owner.to_string() }))
}
