//! `/v1/audit`: what was done, by which key, for which account, and what came of it.

use axum::Json;
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    envelope::{self, Many, One, PageAsked, read},
    extract::{Operator, QueryMembers, Surroundings},
};
use crate::{
    domain::{
        Timestamp,
        api_key::{KeyId, Scope},
        audit::Action,
        caller::Caller,
        fault::{Fault, FieldFault},
        ids::AccountId,
    },
    gateway::problem::{Problem, rfc3339},
    services::audit::{self, Entry, Filter, Replayed},
};

/// Rows on a page: when nobody says, and at most.
const PAGE: (usize, usize) = (50, 200);

/// Which rows; every member narrows the choice.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// What was done: `tweet.create`, `key.revoke` …
    action: Option<String>,
    /// For which account, by its id.
    account: Option<String>,
    /// By which key, by its id.
    key: Option<String>,
    /// What came of it: `ok`, or a problem's `code`.
    outcome: Option<String>,
    /// From this moment on (RFC 3339).
    since: Option<String>,
    /// Before this moment (RFC 3339).
    until: Option<String>,
    /// How many at most: 1 to 200, 50 when absent.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Unique.
    id: String,
    /// When, in RFC 3339.
    at: String,
    /// By which key; null for what perch does by itself.
    key_id: Option<String>,
    /// For which account.
    account_id: Option<String>,
    /// What was done.
    action: String,
    /// To what: a tweet's id, a key's id …
    target: Option<String>,
    /// What came of it: `ok`, or a problem's `code`.
    outcome: String,
    /// The `X-Request-Id` of the request.
    correlation_id: String,
    /// SHA-256 of the text that was sent, in hexadecimal.
    text_sha256: Option<String>,
    /// Why, where a reason is asked for.
    reason: Option<String>,
}

/// Lists what was done, the newest first. A key without `admin` sees what was done with it.
#[utoipa::path(get, path = "/v1/audit", tag = "audit", params(AuditQuery),
    responses((status = 200, body = Many<AuditEntry>), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    Surroundings(context): Surroundings,
    caller: Caller,
    QueryMembers(query): QueryMembers<AuditQuery>,
) -> Result<Json<Many<AuditEntry>>, Fault> {
    caller.require(Scope::AuditRead)?;
    let mut faults = Vec::new();
    let asked = PageAsked::read(query.limit.as_deref(), query.cursor.as_deref(), PAGE, &mut faults);
    let filter = query.filter(&mut faults);
    envelope::accept(faults)?;
    let filter = Filter { key: own(&caller, filter.key)?, ..filter };
    let page = audit::query(&context, &filter, asked.cursor.as_ref(), asked.limit).await?;
    let data = page.entries.into_iter().map(AuditEntry::from).collect();
    Ok(Json(Many::new(data, page.next.as_ref())))
}

/// Moves rows that were parked while the database was out of reach into it. It also happens by itself, every few minutes.
#[utoipa::path(post, path = "/v1/audit/replay", tag = "audit",
    responses((status = 200, body = One<Replayed>), (status = 403, body = Problem), (status = 503, body = Problem)))]
pub async fn replay(
    Surroundings(context): Surroundings,
    Operator(_caller): Operator,
) -> Result<Json<One<Replayed>>, Fault> {
    let data = audit::replay(&context).await?;
    Ok(Json(One { data }))
}

/// The key whose rows `caller` gets to see; nothing for all.
fn own(caller: &Caller, asked: Option<KeyId>) -> Result<Option<KeyId>, Fault> {
    match asked {
        Some(kid) if kid == *caller.kid() => Ok(Some(kid)),
        Some(kid) => caller.require(Scope::Admin).map(|()| Some(kid)),
        None if caller.require(Scope::Admin).is_ok() => Ok(None),
        None => Ok(Some(caller.kid().clone())),
    }
}

impl AuditQuery {
    fn filter(&self, faults: &mut Vec<FieldFault>) -> Filter {
        let moment = "Give a moment in RFC 3339: 2027-01-15T08:00:00Z.";
        Filter {
            action: read("action", self.action.as_deref(), Action::of_name, "Give the name of an action.", faults),
            account: read(
                "account",
                self.account.as_deref(),
                |id| AccountId::parse(id).ok(),
                "Give an account's id.",
                faults,
            ),
            key: read("key", self.key.as_deref(), |id| KeyId::parse(id).ok(), "Give a key's id.", faults),
            outcome: self.outcome.clone(),
            since: read("since", self.since.as_deref(), timestamp, moment, faults),
            until: read("until", self.until.as_deref(), timestamp, moment, faults),
        }
    }
}

fn timestamp(text: &str) -> Option<Timestamp> {
    let ms = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
    u64::try_from(ms).ok().map(Timestamp::from_ms)
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            at: rfc3339(entry.at),
            key_id: entry.key_id,
            account_id: entry.account_id,
            action: entry.action,
            target: entry.target,
            outcome: entry.outcome,
            correlation_id: entry.correlation_id,
            text_sha256: entry.text_sha256,
            reason: entry.reason,
        }
    }
}
