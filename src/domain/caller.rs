//! Who is asking.

use std::sync::Arc;

use super::{
    api_key::{AccountGrant, KeyId, KeyRecord, Scope},
    fault::{Code, Fault},
    ids::AccountId,
};

/// The client application behind a request, known by its API key.
#[derive(Clone, Debug)]
pub struct Caller {
    record: Arc<KeyRecord>,
    /// The only account it acts for, if it is bound to one.
    bound: Option<AccountId>,
}

impl Caller {
    /// The caller that holds the key of `record`. The gateway alone makes one, after it has checked the key.
    pub const fn new(record: Arc<KeyRecord>) -> Self {
        Self { record, bound: None }
    }

    /// The caller that signs with the values which the key of `record` has issued for `account`: whatever the key may do, this one
    /// only acts as that account.
    pub const fn bound_to(record: Arc<KeyRecord>, account: AccountId) -> Self {
        Self { record, bound: Some(account) }
    }

    /// What perch knows of the key.
    pub fn record(&self) -> &KeyRecord {
        &self.record
    }

    /// The key's id.
    pub fn kid(&self) -> &KeyId {
        &self.record.kid
    }

    /// The account meant when a request names none.
    pub fn default_account(&self) -> Option<&AccountId> {
        self.bound.as_ref().or(self.record.default_account.as_ref())
    }

    /// Goes on only if the key has `scope`, and the caller has its scopes.
    ///
    /// # Errors
    /// [`Code::MissingScope`], naming it.
    pub fn require(&self, scope: Scope) -> Result<(), Fault> {
        if self.bound.is_some() && !scope.is_of_an_account() {
            let detail =
                format!("This endpoint needs the scope {scope}, which requests signed by OAuth 1.0a never have.");
            return Err(Fault::new(Code::MissingScope, detail));
        }
        if self.record.scopes.allows(scope) {
            return Ok(());
        }
        Err(Fault::new(
            Code::MissingScope,
            format!("This endpoint needs the scope {scope}; ask the operator for a key with it."),
        ))
    }

    /// Whether the caller acts for every account, and so for the app itself.
    pub fn acts_for_all(&self) -> bool {
        self.bound.is_none() && self.record.accounts == AccountGrant::All
    }

    /// Whether the caller may act for `account`.
    pub fn may_use(&self, account: &AccountId) -> bool {
        self.record.accounts.permits(account) && self.bound.as_ref().is_none_or(|bound| bound == account)
    }
}
