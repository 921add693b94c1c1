//! What a key may do. Deny by default: a key without a scope can only be refused.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// One permission. The strings are stable: they stand in rows, in requests and in documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Look up tweets, users and timelines through `/v1`.
    #[serde(rename = "tweets:read")]
    TweetsRead,
    /// Post and delete tweets, hide replies.
    #[serde(rename = "tweets:write")]
    TweetsWrite,
    /// Like and unlike.
    #[serde(rename = "likes:write")]
    LikesWrite,
    /// Retweet and undo.
    #[serde(rename = "retweets:write")]
    RetweetsWrite,
    /// Bookmark and remove.
    #[serde(rename = "bookmarks:write")]
    BookmarksWrite,
    /// Upload media and describe it.
    #[serde(rename = "media:write")]
    MediaWrite,
    /// See connected accounts and their health.
    #[serde(rename = "accounts:read")]
    AccountsRead,
    /// Connect, change and remove accounts.
    #[serde(rename = "accounts:write")]
    AccountsWrite,
    /// Read the audit log.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// Relay X's reading endpoints.
    #[serde(rename = "relay:read")]
    RelayRead,
    /// Relay X's writing endpoints.
    #[serde(rename = "relay:write")]
    RelayWrite,
    /// Be handed an X access token. Takes a token out of perch's hands, so nothing else implies it.
    #[serde(rename = "tokens:vend")]
    TokensVend,
    /// Operate the deployment. Implies every scope but `tokens:vend`.
    #[serde(rename = "admin")]
    Admin,
}

impl Scope {
    /// Every scope, in the order of documentation.
    pub const ALL: [Self; 13] = [
        Self::TweetsRead,
        Self::TweetsWrite,
        Self::LikesWrite,
        Self::RetweetsWrite,
        Self::BookmarksWrite,
        Self::MediaWrite,
        Self::AccountsRead,
        Self::AccountsWrite,
        Self::AuditRead,
        Self::RelayRead,
        Self::RelayWrite,
        Self::TokensVend,
        Self::Admin,
    ];

    /// Whether it lets its bearer act as an account, and neither change what perch knows nor take a token out of it.
    pub const fn is_of_an_account(self) -> bool {
        match self {
            Self::TweetsRead
            | Self::TweetsWrite
            | Self::LikesWrite
            | Self::RetweetsWrite
            | Self::BookmarksWrite
            | Self::MediaWrite
            | Self::AccountsRead
            | Self::RelayRead
            | Self::RelayWrite => true,
            Self::AccountsWrite | Self::AuditRead | Self::TokensVend | Self::Admin => false,
        }
    }

    /// The stable string.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TweetsRead => "tweets:read",
            Self::TweetsWrite => "tweets:write",
            Self::LikesWrite => "likes:write",
            Self::RetweetsWrite => "retweets:write",
            Self::BookmarksWrite => "bookmarks:write",
            Self::MediaWrite => "media:write",
            Self::AccountsRead => "accounts:read",
            Self::AccountsWrite => "accounts:write",
            Self::AuditRead => "audit:read",
            Self::RelayRead => "relay:read",
            Self::RelayWrite => "relay:write",
            Self::TokensVend => "tokens:vend",
            Self::Admin => "admin",
        }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The scopes of a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeSet(BTreeSet<Scope>);

impl ScopeSet {
    /// Whether the key may do what `scope` names, by itself or through `admin`.
    pub fn allows(&self, scope: Scope) -> bool {
        self.0.contains(&scope) || (scope != Scope::TokensVend && self.0.contains(&Scope::Admin))
    }

    /// Whether a key of these scopes may make one of `other`: nobody grants what they do not have.
    pub fn covers(&self, other: &Self) -> bool {
        other.iter().all(|scope| self.allows(scope))
    }

    /// The scopes as granted, without what `admin` implies.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_string_is_the_serialized_form() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        assert!(Scope::ALL.iter().all(|scope| !ScopeSet::default().allows(*scope)));
    }

    #[test]
    fn a_scope_allows_itself_alone() {
        let reader = ScopeSet::from_iter([Scope::TweetsRead]);
        for scope in Scope::ALL {
            assert_eq!(reader.allows(scope), scope == Scope::TweetsRead);
        }
    }

    #[test]
    fn admin_implies_all_but_vending_tokens() {
        let admin = ScopeSet::from_iter([Scope::Admin]);
        for scope in Scope::ALL {
            assert_eq!(admin.allows(scope), scope != Scope::TokensVend);
        }
        assert!(!admin.covers(&ScopeSet::from_iter([Scope::TokensVend])));
        assert!(admin.covers(&ScopeSet::from_iter([Scope::Admin, Scope::MediaWrite])));
    }
}
