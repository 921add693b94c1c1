//! stub
use super::Context;
use crate::domain::{account::AccountRecord, caller::Caller, fault::Fault};
use std::sync::Arc;
/// stub
pub async fn select(_: &Context, _: &Caller, _: Option<&str>) -> Result<Arc<AccountRecord>, Fault> {
    Err(Fault::internal())
}
