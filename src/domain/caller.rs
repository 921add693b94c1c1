//! Who is asking.

use std::sync::Arc;

use super::{
    api_key::{KeyId, KeyRecord, Scope},
    fault::{Code, Fault},
    ids::AccountId,
};

/// The client application behind a request, known by its API key.
#[derive(Clone, Debug)]
pub struct Caller(Arc<KeyRecord>);

impl Caller {
    /// The caller that holds the key of `record`. The gateway alone makes one, after it has checked the key.
    pub const fn new(record: Arc<KeyRecord>) -> Self {
        Self(record)
    }

    /// What perch knows of the key.
    pub fn record(&self) -> &KeyRecord {
        &self.0
    }

    /// The key's id.
    pub fn kid(&self) -> &KeyId {
        &self.0.kid
    }

    /// Goes on only if the key has `scope`.
    ///
    /// # Errors
    /// [`Code::MissingScope`], naming it.
    pub fn require(&self, scope: Scope) -> Result<(), Fault> {
        if self.0.scopes.allows(scope) {
            return Ok(());
        }
        Err(Fault::new(
            Code::MissingScope,
            format!("This endpoint needs the scope {scope}; ask the operator for a key with it."),
        ))
    }

    /// Whether the key may act for `account`.
    pub fn may_use(&self, account: &AccountId) -> bool {
        self.0.accounts.permits(account)
    }
}
