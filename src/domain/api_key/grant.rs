//! Which X accounts a key may act for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::ids::AccountId;

/// The accounts a key may name. Serialized as `"all"` or `{"only": ["acc_…"]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountGrant {
    /// Every account, those connected later too.
    All,
    /// These, and no others.
    Only(BTreeSet<AccountId>),
}

impl AccountGrant {
    /// Whether the key may act for `account`. To a key without the grant the account does not exist.
    pub fn permits(&self, account: &AccountId) -> bool {
        match self {
            Self::All => true,
            Self::Only(accounts) => accounts.contains(account),
        }
    }

    /// Adds an account, as when the key has connected it itself.
    pub fn add(&mut self, account: AccountId) {
        if let Self::Only(accounts) = self {
            accounts.insert(account);
        }
    }
}

/// No account.
impl Default for AccountGrant {
    fn default() -> Self {
        Self::Only(BTreeSet::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_granted_accounts_are_permitted() {
        let (mine, other) = (AccountId::make(&[1; 16]), AccountId::make(&[2; 16]));
        let mut grant = AccountGrant::default();
        assert!(!grant.permits(&mine));
        grant.add(mine.clone());
        assert!(grant.permits(&mine));
        assert!(!grant.permits(&other));
        assert!(AccountGrant::All.permits(&other));
    }

    #[test]
    fn the_written_form_is_stable() {
        let grant = AccountGrant::Only([AccountId::make(&[0; 16])].into());
        assert_eq!(serde_json::to_string(&grant).unwrap(), r#"{"only":["acc_0000000000000000"]}"#);
        assert_eq!(serde_json::to_string(&AccountGrant::All).unwrap(), r#""all""#);
    }
}
