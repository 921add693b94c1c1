//! The four values with which a client signs by OAuth 1.0a, for one account.
//!
//! ```text
//! consumer key   perch_oauth1_4fQ0zK81Lm_<checksum>      names the key
//! token          2244994945-<16 characters><checksum>    names the account; begins with its X user id, as X's own tokens do
//! ```
//!
//! Both are names and no secrets; the checksums refuse made-up ones before anything is looked up. The two secrets are derived from
//! the pepper, so nothing of them is kept.

use secrecy::SecretString;

use super::{KeyFormatError, KeyId, Pepper, checksum};
use crate::domain::{
    base62,
    ids::{AccountId, UserId},
};

const PREFIX: &str = "perch_oauth1_";
const ACCOUNT_PREFIX: &str = "acc_";
const CHECKSUM_DIGITS: usize = 6;
const SECRET_DIGITS: usize = 43;

/// `oauth_consumer_key`: which key issued the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerKey(pub KeyId);

impl ConsumerKey {
    /// Reads what a client presented. Costs no look-up.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub fn parse(text: &str) -> Result<Self, KeyFormatError> {
        let rest = text.strip_prefix(PREFIX).ok_or(KeyFormatError::Prefix)?;
        let (kid, _) = rest.split_once('_').ok_or(KeyFormatError::Length)?;
        let key = Self(KeyId::parse(kid)?);
        if key.text() == text { Ok(key) } else { Err(KeyFormatError::Checksum) }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        let unsigned = format!("{PREFIX}{}", self.0);
        let checksum = checksum(&unsigned);
        format!("{unsigned}_{checksum}")
    }
}

/// `oauth_token`: which account the client acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningToken {
    /// Its X user, whose id clients read from the token.
    pub user: UserId,
    /// The account.
    pub account: AccountId,
}

impl SigningToken {
    /// Reads what a client presented. Costs no look-up.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub fn parse(text: &str) -> Result<Self, KeyFormatError> {
        let (user, rest) = text.split_once('-').ok_or(KeyFormatError::Prefix)?;
        let digits = rest.len().checked_sub(CHECKSUM_DIGITS).and_then(|end| rest.get(..end));
        let user = UserId::parse(user).map_err(|_| KeyFormatError::Prefix)?;
        let account = format!("{ACCOUNT_PREFIX}{}", digits.ok_or(KeyFormatError::Length)?);
        let account = AccountId::parse(&account).map_err(|_| KeyFormatError::Alphabet)?;
        let token = Self { user, account };
        if token.text() == text { Ok(token) } else { Err(KeyFormatError::Checksum) }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        let account = self.account.as_str();
        let unsigned = format!("{}-{}", self.user, account.strip_prefix(ACCOUNT_PREFIX).unwrap_or(account));
        let checksum = checksum(&unsigned);
        format!("{unsigned}{checksum}")
    }
}

/// The two secrets, of 43 characters each.
#[derive(Clone, Debug)]
pub struct SigningSecrets {
    /// The consumer's, the same for all accounts.
    pub consumer: SecretString,
    /// The token's.
    pub token: SecretString,
}

impl SigningSecrets {
    /// The secrets that belong to `kid` and `token` in the edition `serial`.
    pub fn derive(pepper: &Pepper, kid: &KeyId, serial: u32, token: &SigningToken) -> Self {
        let parts = [kid.as_str(), &serial.to_string(), token.user.as_str(), token.account.as_str()];
        let secret = pepper.derive("perch/oauth1/token-secret/v1", &parts);
        Self { consumer: Self::consumer(pepper, kid, serial), token: base62::encode(&secret, SECRET_DIGITS).into() }
    }

    /// The consumer's secret alone.
    pub fn consumer(pepper: &Pepper, kid: &KeyId, serial: u32) -> SecretString {
        let secret = pepper.derive("perch/oauth1/consumer-secret/v1", &[kid.as_str(), &serial.to_string()]);
        base62::encode(&secret, SECRET_DIGITS).into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    fn kid() -> KeyId {
        KeyId::parse("4fQ0zK81Lm").unwrap()
    }

    fn token() -> SigningToken {
        SigningToken { user: UserId::parse("2244994945").unwrap(), account: AccountId::make(&[7; 16]) }
    }

    #[test]
    fn the_names_are_read_back() {
        let consumer = ConsumerKey(kid());
        assert_eq!(consumer.text().len(), 30);
        assert_eq!(ConsumerKey::parse(&consumer.text()), Ok(consumer));
        assert!(token().text().starts_with("2244994945-"));
        assert_eq!(SigningToken::parse(&token().text()), Ok(token()));
    }

    #[test]
    fn every_part_changes_the_secrets() {
        let (pepper, other_pepper) = (Pepper::new(vec![3; 32]).unwrap(), Pepper::new(vec![4; 32]).unwrap());
        let of = |pepper: &Pepper, kid: &str, serial, token: &SigningToken| {
            let secrets = SigningSecrets::derive(pepper, &KeyId::parse(kid).unwrap(), serial, token);
            (secrets.consumer.expose_secret().to_owned(), secrets.token.expose_secret().to_owned())
        };
        let known = of(&pepper, "4fQ0zK81Lm", 1, &token());
        assert_eq!(known, of(&pepper, "4fQ0zK81Lm", 1, &token()));
        assert_eq!((known.0.len(), known.1.len()), (43, 43));
        assert_ne!(known.0, known.1);
        for other in [
            of(&other_pepper, "4fQ0zK81Lm", 1, &token()),
            of(&pepper, "4fQ0zK81Ln", 1, &token()),
            of(&pepper, "4fQ0zK81Lm", 2, &token()),
        ] {
            assert_ne!(known.0, other.0);
            assert_ne!(known.1, other.1);
        }
        for token in [
            SigningToken { user: UserId::parse("7").unwrap(), ..token() },
            SigningToken { account: AccountId::make(&[8; 16]), ..token() },
        ] {
            assert_eq!(known.0, of(&pepper, "4fQ0zK81Lm", 1, &token).0);
            assert_ne!(known.1, of(&pepper, "4fQ0zK81Lm", 1, &token).1);
        }
    }

    proptest! {
        #[test]
        fn nothing_else_is_read(
            text in "perch_oauth1_[0-9A-Za-z]{10}_[0-9A-Za-z]{6}|[0-9]{1,19}-[0-9A-Za-z]{22}|\\PC{0,60}",
        ) {
            prop_assert!(ConsumerKey::parse(&text).is_err());
            prop_assert!(SigningToken::parse(&text).is_err());
        }

        #[test]
        fn no_character_may_differ(at in 0_usize..64, with in "[0-9A-Za-z_-]") {
            for text in [ConsumerKey(kid()).text(), token().text()] {
                let at = at % text.len();
                let altered = format!("{}{with}{}", &text[..at], &text[at + 1..]);
                let read = ConsumerKey::parse(&altered).is_ok() || SigningToken::parse(&altered).is_ok();
                prop_assert_eq!(read, altered == text);
            }
        }
    }
}
