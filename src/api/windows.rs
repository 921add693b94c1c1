//! X's windows of one account, as an operator plans by them: what is left, what is kept for whom, and what is paused.

use axum::{Json, extract::Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{accounts::Data, extract::Surroundings};
use crate::{
    domain::{
        api_key::Scope,
        caller::Caller,
        fault::Fault,
        planner::{Lane, Pause, PauseReason},
        window::{Source, Window},
    },
    gateway::{problem::Problem, problem::rfc3339},
    services::{accounts, windows},
};

/// The windows of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountWindows {
    /// One per endpoint and window.
    windows: Vec<AccountWindow>,
    /// What nothing is sent for, though its window may have room.
    pauses: Vec<WindowPause>,
}

/// One window.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountWindow {
    /// Method and path at X; with `24h` for the day's window, `1s` for a second's.
    name: String,
    /// Calls per window.
    limit: u32,
    /// Calls left, the reserves included.
    remaining: u32,
    /// When it resets, in RFC 3339; absent while no window runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_at: Option<String>,
    /// `learned` from X's answers, or `prior`: X's published table.
    #[schema(value_type = String)]
    source: Source,
    /// How many calls each lane leaves to those above it; `critical` leaves none.
    reserves: Reserves,
}

/// What the lanes leave.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reserves {
    /// Left by `high`.
    high: u32,
    /// Left by `normal`.
    normal: u32,
    /// Left by `low`.
    low: u32,
}

/// A pause.
#[derive(Debug, Serialize, ToSchema)]
pub struct WindowPause {
    /// Method and path at X; `*` for every endpoint.
    endpoint: String,
    /// `rate_limit`, `usage_cap`, `spend_cap`, `credits` or `app_window`.
    #[schema(value_type = String)]
    reason: PauseReason,
    /// When it ends, in RFC 3339. That of `credits` ends with a call that finds out whether there are any.
    until: String,
}

impl AccountWindow {
    fn of(window: Window) -> Self {
        let left_by = |lane: Lane| lane.reserve(window.limit);
        Self {
            reserves: Reserves { high: left_by(Lane::High), normal: left_by(Lane::Normal), low: left_by(Lane::Low) },
            name: window.name,
            limit: window.limit,
            remaining: window.remaining,
            reset_at: window.reset_at.map(rfc3339),
            source: window.source,
        }
    }
}

impl WindowPause {
    fn of((endpoint, pause): (String, Pause)) -> Self {
        Self { endpoint, reason: pause.reason, until: rfc3339(pause.until) }
    }
}

/// Shows what is left of each of X's windows of an account, what of it is kept for the higher lanes, and what is paused.
#[utoipa::path(get, path = "/v1/accounts/{id}/windows", tag = "rate limits",
    params(("id" = String, Path, description = "The account, `acc_…`")),
    responses((status = 200, body = Data<AccountWindows>), (status = 404, body = Problem)))]
pub async fn list(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<AccountWindows>>, Fault> {
    caller.require(Scope::AccountsRead)?;
    let record = accounts::usable(&context, &caller, &id).await?;
    let known = windows::known(&context, &record.id).await?;
    let windows = known.windows.into_iter().map(AccountWindow::of).collect();
    let pauses = known.pauses.into_iter().map(WindowPause::of).collect();
    Ok(Data::json(AccountWindows { windows, pauses }))
}
