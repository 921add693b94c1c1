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
    /// The kind of its credentials; nobody has none.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Nobody => None,
            Self::App => Some(Kind::App),
            Self::User(User { via: Via::OAuth1, .. }) => Some(Kind::OAuth1User),
            Self::User(User { via: Via::OAuth2(_), .. }) => Some(Kind::OAuth2User),
        }
    }

    /// Whether it was granted all of `scopes`; only OAuth 2.0 users are bound by scopes.
    fn has(&self, scopes: &[&str]) -> bool {
        match self {
            Self::User(User { via: Via::OAuth2(granted), .. }) => {
                scopes.iter().all(|scope| granted.iter().any(|has| has == scope))
            }
            _ => true,
        }
    }

    /// The user's id, unless the caller is not a user.
    pub(crate) fn user_id(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(&user.id),
            Self::Nobody | Self::App => None,
        }
    }
}

/// The kinds of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A user's request, signed.
    OAuth1User,
    /// The app's own bearer.
    App,
    /// A user's access token.
    OAuth2User,
}

impl Kind {
    /// X's words for it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::OAuth1User => "OAuth 1.0a User Context",
            Self::App => "OAuth 2.0 Application-Only",
            Self::OAuth2User => "OAuth 2.0 User Context",
        }
    }

    /// The kind with this name, as the ledger writes it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::OAuth1User, Self::App, Self::OAuth2User].into_iter().find(|kind| kind.name() == name)
    }

    /// Its name in the ledger.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OAuth1User => "oauth1_user",
            Self::App => "app_bearer",
            Self::OAuth2User => "oauth2_user",
        }
    }
}

/// Which credentials an endpoint takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access {
    /// None are looked at.
    Open,
    /// Those of these kinds; an OAuth 2.0 user needs all of these scopes.
    Of(&'static [Kind], &'static [&'static str]),
}

/// Why a caller may not use an endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    /// This kind of credentials is not taken here, but these are, in X's words.
    WrongKind { given: Kind, supported: String },
    /// OAuth 2.0 without a scope this endpoint needs.
    MissingScope,
}

/// An OAuth 2.0 user with these scopes, or an OAuth 1.0a user.
pub(crate) const fn user(scopes: &'static [&'static str]) -> Access {
    Access::Of(&[Kind::OAuth1User, Kind::OAuth2User], scopes)
}

/// As [`user`], or the app.
pub(crate) const fn user_or_app(scopes: &'static [&'static str]) -> Access {
    Access::Of(&[Kind::OAuth1User, Kind::App, Kind::OAuth2User], scopes)
}

/// An OAuth 2.0 user with these scopes, nobody else.
pub(crate) const fn oauth2_user(scopes: &'static [&'static str]) -> Access {
    Access::Of(&[Kind::OAuth2User], scopes)
}

/// The app, nobody else.
pub(crate) const APP_ONLY: Access = Access::Of(&[Kind::App], &[]);

impl Access {
    /// Whether `caller` may pass.
    pub(crate) fn check(self, caller: &Caller) -> Result<(), Denial> {
        let Self::Of(kinds, scopes) = self else {
            return Ok(());
        };
        let Some(given) = caller.kind() else {
            return Err(Denial::MissingScope);
        };
        if !kinds.contains(&given) {
            let supported: Vec<&str> = kinds.iter().map(|kind| kind.words()).collect();
            return Err(Denial::WrongKind { given, supported: supported.join(", ") });
        }
        if caller.has(scopes) { Ok(()) } else { Err(Denial::MissingScope) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(via: Via) -> Caller {
        Caller::User(User { id: "1".to_owned(), via })
    }

    #[test]
    fn scopes_bind_oauth2_users_only() {
        let access = user(&["tweet.read", "tweet.write"]);
        let granted = |scopes: &[&str]| caller(Via::OAuth2(scopes.iter().map(|&scope| scope.to_owned()).collect()));
        assert_eq!(access.check(&granted(&["tweet.write", "tweet.read"])), Ok(()));
        assert_eq!(access.check(&granted(&["tweet.read"])), Err(Denial::MissingScope));
        assert_eq!(access.check(&caller(Via::OAuth1)), Ok(()));
    }

    #[test]
    fn the_wrong_kind_is_told_in_words() {
        let denied = oauth2_user(&[]).check(&caller(Via::OAuth1));
        let supported = "OAuth 2.0 User Context".to_owned();
        assert_eq!(denied, Err(Denial::WrongKind { given: Kind::OAuth1User, supported }));
        let supported = "OAuth 1.0a User Context, OAuth 2.0 User Context".to_owned();
        assert_eq!(user(&[]).check(&Caller::App), Err(Denial::WrongKind { given: Kind::App, supported }));
        assert_eq!(user_or_app(&["tweet.read"]).check(&Caller::App), Ok(()));
        assert!(APP_ONLY.check(&caller(Via::OAuth1)).is_err());
    }
}
