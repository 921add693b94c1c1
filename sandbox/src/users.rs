//! The users of the emulated X.

pub(crate) mod lookup;
pub(crate) mod view;

use crate::config::Account;

/// A user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) account: Account,
    /// When the user joined, in ms.
    pub(crate) created_at_ms: u64,
}

/// All users, in the order they were configured.
#[derive(Debug)]
pub(crate) struct Users {
    all: Vec<User>,
}

impl Users {
    /// The configured accounts, all of them `now_ms` old.
    pub(crate) fn new(accounts: &[Account], now_ms: u64) -> Self {
        let user = |account: &Account| User { account: account.clone(), created_at_ms: now_ms };
        Self { all: accounts.iter().map(user).collect() }
    }

    pub(crate) fn all(&self) -> &[User] {
        &self.all
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&User> {
        self.all.iter().find(|user| user.account.id == id)
    }

    /// Handles do not differ by case.
    pub(crate) fn by_username(&self, username: &str) -> Option<&User> {
        self.all.iter().find(|user| user.account.username.eq_ignore_ascii_case(username))
    }

    /// Ids of the users a text mentions, in its order.
    pub(crate) fn mentioned_in(&self, text: &str) -> Vec<String> {
        let handle = |part: &str| -> String {
            part.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
        };
        text.split('@')
            .skip(1)
            .filter_map(|part| self.by_username(&handle(part)))
            .map(|user| user.account.id.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn mentions_are_found_by_handle() {
        let users = Users::new(&Config::default().accounts, 0);
        assert_eq!(users.mentioned_in("hi @Bob, @nobody and @alice_"), ["783214"]);
        assert!(users.mentioned_in("no mention").is_empty());
    }
}
