//! What a sandbox is started with.

use serde::Serialize;

/// Where perch's own callback lives when it runs locally.
pub const DEFAULT_REDIRECT_URI: &str = "http://127.0.0.1:8787/connect/callback";

/// An X user that exists from the start and survives a reset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// X user id, decimal, up to 19 digits.
    pub id: String,
    /// Handle without `@`.
    pub username: String,
    /// Display name.
    pub name: String,
}

impl Account {
    /// An account of its three parts.
    pub fn new(id: &str, username: &str, name: &str) -> Self {
        Self { id: id.to_owned(), username: username.to_owned(), name: name.to_owned() }
    }
}

impl std::str::FromStr for Account {
    type Err = String;

    /// Reads `id:username:Name`.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.splitn(3, ':').collect();
        match parts.as_slice() {
            [id, username, name] if is_id(id) && is_username(username) && !name.is_empty() => {
                Ok(Self::new(id, username, name))
            }
            _ => Err("expected id:username:Name, for example 42:dora:Dora".to_owned()),
        }
    }
}

/// Whether `text` is an X id: 1 to 19 decimal digits.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` is an X handle: 1 to 15 letters, digits and underscores.
pub(crate) fn is_username(text: &str) -> bool {
    (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What a sandbox is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// The users of this X.
    pub accounts: Vec<Account>,
    /// Redirect URIs the OAuth 2.0 clients registered; compared exactly.
    pub redirect_uris: Vec<String>,
    /// Username who approves every authorization without a page, if any.
    pub auto_approve: Option<String>,
    /// Whether to print one line for each request.
    pub verbose: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            accounts: vec![
                Account::new("2244994945", "alice", "Alice"),
                Account::new("783214", "bob", "Bob"),
                Account::new("1330457336642625536", "carol", "Carol"),
            ],
            redirect_uris: vec![DEFAULT_REDIRECT_URI.to_owned()],
            auto_approve: None,
            verbose: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_from_three_parts() {
        assert_eq!("42:dora:Dora: the first".parse(), Ok(Account::new("42", "dora", "Dora: the first")));
        for wrong in ["42:dora", "x:dora:Dora", "42:do ra:Dora", "12345678901234567890:dora:Dora", "42:dora:"] {
            assert!(wrong.parse::<Account>().is_err(), "{wrong} was accepted");
        }
    }
}
