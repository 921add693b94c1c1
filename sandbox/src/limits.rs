//! X's rate limits: who may still call which endpoint.
//!
//! A window is opened by the first call it counts, lasts 15 minutes or a day, and then starts anew with the next call.
//! Calls with a user token and calls with the app's bearer token draw on separate windows. One exception: a daily limit
//! "per app" stands only on endpoints that take user tokens alone, so it is read as shared by all users of the app.

mod table;
mod window;

use std::collections::HashMap;

use table::{Endpoint, Limit, Table};
use window::Window;

/// Whose windows a call draws on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The user of the token, by X's user id.
    User(String),
    /// The app itself, calling with its bearer token.
    App,
}

/// The answer to one call, and what X's `x-rate-limit-*` headers say beside it.
///
/// The numbers are of the owner's shortest window, as X's are, even when a longer window is the empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Whether the call may pass. A refused call counts nowhere.
    pub allowed: bool,
    /// Calls per window.
    pub limit: u32,
    /// Calls left in the window, this one taken.
    pub remaining: u32,
    /// When the window ends, in seconds since the epoch.
    pub reset_epoch_s: u64,
}

/// All limits and the windows in use.
#[derive(Debug, Default)]
pub struct Limits {
    table: Table,
    windows: HashMap<Key, Window>,
}

/// One owner's window of one length on one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    owner: Owner,
    endpoint: Endpoint,
    seconds: u64,
}

impl Limits {
    /// Reads X's table, with every window unused.
    pub fn load() -> Self {
        Self { table: Table::load(), windows: HashMap::new() }
    }

    /// Counts one call at `now_ms` since the epoch, if every window that applies has room for it.
    ///
    /// `spec_path` is the path as X's OpenAPI file writes it, such as `/2/tweets/{id}`. `None` means that X sets no
    /// limit there for this owner.
    pub fn admit(&mut self, owner: &Owner, method: &str, spec_path: &str, now_ms: u64) -> Option<Admission> {
        let endpoint = Endpoint::new(method, spec_path);
        let applying = self.applying(owner, &endpoint);
        let allowed = applying.iter().all(|(key, limit)| self.window(key, now_ms).has_room(*limit));
        for (key, _) in applying.iter().filter(|_| allowed) {
            let counted = self.window(key, now_ms).count();
            self.windows.insert(key.clone(), counted);
        }
        let (key, limit) = applying.first()?;
        let window = self.window(key, now_ms);
        Some(Admission {
            allowed,
            limit: limit.calls,
            remaining: window.remaining(*limit),
            reset_epoch_s: window.reset_epoch_s(),
        })
    }

    /// The windows that a call of `owner` draws on, its own first, the shortest foremost.
    fn applying(&self, owner: &Owner, endpoint: &Endpoint) -> Vec<(Key, Limit)> {
        let key = |owner: &Owner, limit: &Limit| {
            let key = Key { owner: owner.clone(), endpoint: endpoint.clone(), seconds: limit.seconds };
            (key, *limit)
        };
        let Some(row) = self.table.row(endpoint) else {
            return Vec::new();
        };
        match owner {
            Owner::App => row.per_app.iter().map(|limit| key(owner, limit)).collect(),
            Owner::User(_) => {
                let shared = row.per_app.iter().filter(|limit| limit.is_daily());
                let own = row.per_user.iter().map(|limit| key(owner, limit));
                own.chain(shared.map(|limit| key(&Owner::App, limit))).collect()
            }
        }
    }

    fn window(&self, key: &Key, now_ms: u64) -> Window {
        let open = self.windows.get(key).filter(|window| window.is_open(now_ms));
        open.copied().unwrap_or_else(|| Window::opened(now_ms, key.seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_767_225_600_000;
    const QUARTER_MS: u64 = 900_000;

    fn ada() -> Owner {
        Owner::User("1".into())
    }

    fn allowed(limits: &mut Limits, owner: &Owner, method: &str, path: &str, now_ms: u64) -> bool {
        limits.admit(owner, method, path, now_ms).unwrap().allowed
    }

    #[test]
    fn a_window_starts_with_its_first_call_and_ends_a_quarter_of_an_hour_later() {
        let mut limits = Limits::load();
        let first = limits.admit(&ada(), "GET", "/2/users/me", NOW).unwrap();
        assert_eq!(
            first,
            Admission { allowed: true, limit: 75, remaining: 74, reset_epoch_s: (NOW + QUARTER_MS) / 1000 }
        );
        for _ in 1..75 {
            assert!(allowed(&mut limits, &ada(), "GET", "/2/users/me", NOW + 5_000));
        }
        let refused = limits.admit(&ada(), "GET", "/2/users/me", NOW + QUARTER_MS - 1).unwrap();
        assert_eq!(refused, Admission { allowed: false, remaining: 0, ..first });
        let anew = limits.admit(&ada(), "GET", "/2/users/me", NOW + QUARTER_MS).unwrap();
        assert_eq!((anew.allowed, anew.remaining), (true, 74));
    }

    #[test]
    fn users_and_the_app_do_not_touch_each_other() {
        let mut limits = Limits::load();
        for _ in 0..900 {
            assert!(allowed(&mut limits, &ada(), "GET", "/2/tweets/{id}", NOW));
        }
        assert!(!allowed(&mut limits, &ada(), "GET", "/2/tweets/{id}", NOW));
        assert!(allowed(&mut limits, &Owner::User("2".into()), "GET", "/2/tweets/{id}", NOW));
        let app = limits.admit(&Owner::App, "GET", "/2/tweets/{id}", NOW).unwrap();
        assert_eq!((app.limit, app.remaining), (450, 449));
    }

    #[test]
    fn the_daily_window_refuses_while_the_headers_show_room() {
        let mut limits = Limits::load();
        let path = "/2/users/{id}/likes";
        for call in 0..1000 {
            assert!(allowed(&mut limits, &ada(), "POST", path, NOW + call / 50 * QUARTER_MS));
        }
        let refused = limits.admit(&ada(), "POST", path, NOW + 20 * QUARTER_MS).unwrap();
        assert_eq!((refused.allowed, refused.limit, refused.remaining), (false, 50, 50));
        assert!(allowed(&mut limits, &ada(), "POST", path, NOW + 86_400_000));
    }

    #[test]
    fn all_users_share_the_daily_limit_of_the_app() {
        let mut limits = Limits::load();
        for call in 0..10_000 {
            assert!(allowed(&mut limits, &Owner::User((call / 100).to_string()), "POST", "/2/tweets", NOW));
        }
        assert!(!allowed(&mut limits, &Owner::User("new".into()), "POST", "/2/tweets", NOW));
    }

    #[test]
    fn an_endpoint_without_a_limit_has_no_window() {
        let mut limits = Limits::load();
        assert_eq!(limits.admit(&Owner::App, "GET", "/2/users/me", NOW), None);
        assert_eq!(limits.admit(&ada(), "GET", "/2/nowhere", NOW), None);
    }
}
