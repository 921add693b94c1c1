//! `/v1/operations`: writes whose outcome was open when their request was answered, and all others of an account.

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    envelope::{self, Many, One, PageAsked},
    extract::{PathText, QueryMembers, Surroundings},
};
use crate::{
    domain::{
        Cursor,
        api_key::Scope,
        caller::Caller,
        fault::{Code, Fault},
        ids::AccountId,
        write::{Write, WriteId},
    },
    gateway::{operation::Operation, problem::Problem},
    services::{Context, accounts, writes},
};

/// Operations on a page: when nobody says, and at most.
const PAGE: (usize, usize) = (50, 200);

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OperationsQuery {
    /// How many at most: 1 to 200, 50 when absent.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Shows what became of a write. Outcomes are kept for 72 hours.
#[utoipa::path(get, path = "/v1/operations/{id}", tag = "operations of accounts",
    params(("id" = String, Path, description = "The operation, `op_…`")),
    responses((status = 200, body = One<Operation>), (status = 404, body = Problem)))]
pub async fn get(
    Surroundings(context): Surroundings,
    caller: Caller,
    PathText(id): PathText,
) -> Result<Json<One<Operation>>, Fault> {
    let write = own(&context, &caller, &id).await?;
    Ok(Json(One { data: Operation::of(&context, &write) }))
}

/// Takes a write back that has not been sent yet.
#[utoipa::path(delete, path = "/v1/operations/{id}", tag = "operations of accounts",
    params(("id" = String, Path, description = "The operation, `op_…`")),
    responses((status = 200, body = One<Operation>), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn cancel(
    Surroundings(context): Surroundings,
    caller: Caller,
    PathText(id): PathText,
) -> Result<Json<One<Operation>>, Fault> {
    let write = own(&context, &caller, &id).await?;
    let write = writes::cancel(&context, &write.id).await?;
    Ok(Json(One { data: Operation::of(&context, &write) }))
}

/// Lists the writes of an account, the newest first. A key without `admin` sees those it has asked for.
#[utoipa::path(get, path = "/v1/accounts/{id}/operations", tag = "operations of accounts",
    params(("id" = String, Path, description = "The account, `acc_…`"), OperationsQuery),
    responses((status = 200, body = Many<Operation>), (status = 404, body = Problem)))]
pub async fn list(
    Surroundings(context): Surroundings,
    caller: Caller,
    PathText(id): PathText,
    QueryMembers(query): QueryMembers<OperationsQuery>,
) -> Result<Json<Many<Operation>>, Fault> {
    caller.require(Scope::AccountsRead)?;
    let account = accounts::usable(&context, &caller, &id).await?;
    let mut faults = Vec::new();
    let asked = PageAsked::read(query.limit.as_deref(), query.cursor.as_deref(), PAGE, &mut faults);
    envelope::accept(faults)?;
    let before = asked.cursor.and_then(|cursor| Some((cursor.at, WriteId::parse(&cursor.id).ok()?)));
    let writes = writes::list(&context, &account.id, before, asked.limit).await?;
    let next = writes.last().filter(|_| writes.len() == asked.limit);
    let next = next.map(|last| Cursor { at: last.begun_at, id: last.id.as_str().to_owned() });
    let seen = writes.iter().filter(|write| may_see(&caller, write));
    Ok(Json(Many::new(seen.map(|write| Operation::of(&context, write)).collect(), next.as_ref())))
}

/// The write called `id`, if the caller has asked for it or operates the deployment. What is not the caller's is not there.
async fn own(context: &Context, caller: &Caller, id: &str) -> Result<Write, Fault> {
    let unknown = || Fault::new(Code::OperationNotFound, "No such operation is kept; outcomes are kept for 72 hours.");
    let id = WriteId::parse(id).map_err(|_| unknown())?;
    let is_mine = |owner: &AccountId| *owner == AccountId::app() || caller.may_use(owner);
    if !is_mine(&id.owner()) {
        return Err(unknown());
    }
    let write = writes::show(context, &id).await?;
    if may_see(caller, &write) { Ok(write) } else { Err(unknown()) }
}

fn may_see(caller: &Caller, write: &Write) -> bool {
    write.intent.application == caller.kid().as_str() || caller.require(Scope::Admin).is_ok()
}
