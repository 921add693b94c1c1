//! A call to X on behalf of an account: credential, breaker, limits, retries, and what an answer means.

mod answer;
mod who;

use bytes::Bytes;
use http::HeaderMap;

use super::Context;
use crate::{
    domain::{fault::Fault, ids::AccountId},
    ports::UpstreamRequest,
    x::operation::XRequest,
};

pub use answer::XAnswer;
pub use who::{Profile, who};

/// Calls X for `account`, and answers with what X answered when it did what was asked.
///
/// # Errors
/// Everything else, as a fault: what X refused, by title and type; no answer; no credential; a rested endpoint group.
pub async fn call(context: &Context, account: &AccountId, request: XRequest) -> Result<XAnswer, Fault> {
    todo!("{context:p} {account} {request:?}")
}
