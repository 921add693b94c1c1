//! Who is asking, and what an endpoint asks of them.

/// The credentials a request came with, after they were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody: an endpoint without authentication.
    Nobody,
    /// The app itself, by its bearer.
    App,
    /// A user.
    User(User),
}

/// A user and how they were recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) via: Via,
}

/// The kind of user credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Via {
    /// OAuth 2.0 with these scopes.
    OAuth2(Vec<String>),
    /// OAuth 1.0a; has no scopes.
    OAuth1,
}

impl Caller {
    /// The user's id, unless the caller is not a user.
    pub(crate) fn user_id(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(&user.id),
            Self::Nobody | Self::App => None,
        }
    }
}

/// Which credentials an endpoint takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access {
    /// None are looked at.
    Open,
    /// An OAuth 2.0 user with these scopes, or an OAuth 1.0a user.
    User(&'static [&'static str]),
    /// As `User`, or the app.
    UserOrApp(&'static [&'static str]),
    /// An OAuth 2.0 user with these scopes, nobody else.
    OAuth2User(&'static [&'static str]),
}

/// Why a caller may not use an endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    /// The kind of credentials is not taken here; both kinds in X's words.
    WrongKind { given: &'static str, supported: &'static str },
    /// OAuth 2.0 without a scope this endpoint needs.
    MissingScope,
}

const APP: &str = "OAuth 2.0 Application-Only";
const OAUTH1: &str = "OAuth 1.0a User Context";
const USERS: &str = "OAuth 1.0a User Context, OAuth 2.0 User Context";
const OAUTH2: &str = "OAuth 2.0 User Context";

impl Access {
    /// Whether `caller` may pass.
    pub(crate) fn check(self, caller: &Caller) -> Result<(), Denial> {
        match (self, caller) {
            (Self::Open, _) | (Self::UserOrApp(_), Caller::App) => Ok(()),
            (Self::User(_), Caller::App) => Err(Denial::WrongKind { given: APP, supported: USERS }),
            (Self::OAuth2User(_), Caller::App) => Err(Denial::WrongKind { given: APP, supported: OAUTH2 }),
            (Self::User(scopes) | Self::UserOrApp(scopes) | Self::OAuth2User(scopes), Caller::User(user)) => {
                self.check_user(scopes, user)
            }
            (_, Caller::Nobody) => Err(Denial::MissingScope),
        }
    }

    fn check_user(self, scopes: &[&str], user: &User) -> Result<(), Denial> {
        match (&user.via, self) {
            (Via::OAuth1, Self::OAuth2User(_)) => Err(Denial::WrongKind { given: OAUTH1, supported: OAUTH2 }),
            (Via::OAuth1, _) => Ok(()),
            (Via::OAuth2(granted), _) if scopes.iter().all(|scope| granted.iter().any(|has| has == scope)) => Ok(()),
            (Via::OAuth2(_), _) => Err(Denial::MissingScope),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(via: Via) -> Caller {
        Caller::User(User { id: "1".to_owned(), via })
    }

    #[test]
    fn scopes_bind_oauth2_users_only() {
        let access = Access::User(&["tweet.read", "tweet.write"]);
        let granted = |scopes: &[&str]| user(Via::OAuth2(scopes.iter().map(|&scope| scope.to_owned()).collect()));
        assert_eq!(access.check(&granted(&["tweet.write", "tweet.read"])), Ok(()));
        assert_eq!(access.check(&granted(&["tweet.read"])), Err(Denial::MissingScope));
        assert_eq!(access.check(&user(Via::OAuth1)), Ok(()));
    }

    #[test]
    fn the_wrong_kind_is_told_in_words() {
        let denied = Access::OAuth2User(&[]).check(&user(Via::OAuth1));
        assert_eq!(denied, Err(Denial::WrongKind { given: OAUTH1, supported: OAUTH2 }));
        assert!(Access::User(&[]).check(&Caller::App).is_err());
        assert_eq!(Access::UserOrApp(&["tweet.read"]).check(&Caller::App), Ok(()));
    }
}
