//! What stands in the place of X's refresh token where an access token is to be handed out.
//!
//! ```text
//! perch_refresh_4fQ0zK81Lm_2244994945_<43 characters of secret>_<6 characters of checksum>
//!               kid        X user id
//! ```
//!
//! It is worth nothing at X, works as often as it is asked with, and ends with its key. The secret is derived from the pepper, so
//! nothing of it is kept.

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::{KeyFormatError, KeyId, Pepper, checksum};
use crate::domain::{
    base62,
    ids::{AccountId, UserId},
};

const PREFIX: &str = "perch_refresh_";
const SECRET_DIGITS: usize = 43;
/// The longest text: with a user id of nineteen digits.
const LONGEST: usize = 96;

/// A well-formed handle. Whether it works, only the record of its key tells.
#[derive(Clone)]
pub struct RefreshHandle {
    kid: KeyId,
    user: UserId,
    secret: SecretString,
}

impl RefreshHandle {
    /// The handle of `account`, whose X user is `user`, in the edition `serial` of the key `kid`.
    pub fn derive(pepper: &Pepper, kid: KeyId, serial: u32, user: UserId, account: &AccountId) -> Self {
        let parts = [kid.as_str(), &serial.to_string(), user.as_str(), account.as_str()];
        let secret = pepper.derive("perch/refresh-handle/v1", &parts);
        Self { kid, user, secret: base62::encode(&secret, SECRET_DIGITS).into() }
    }

    /// Reads what a client presented. Costs no look-up.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub fn parse(text: &str) -> Result<Self, KeyFormatError> {
        let rest = text.strip_prefix(PREFIX).filter(|_| text.len() <= LONGEST).ok_or(KeyFormatError::Prefix)?;
        let mut parts = rest.split('_');
        let (Some(kid), Some(user), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyFormatError::Length);
        };
        let user = UserId::parse(user).map_err(|_| KeyFormatError::Alphabet)?;
        let handle = Self { kid: KeyId::parse(kid)?, user, secret: secret.into() };
        if handle.expose().expose_secret() == text { Ok(handle) } else { Err(KeyFormatError::Checksum) }
    }

    /// The key that issued it.
    pub const fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// The X user it was issued for.
    pub const fn user(&self) -> &UserId {
        &self.user
    }

    /// Whether it is the one that its key issues for `account` in the edition `serial`, in constant time.
    pub fn is_issued(&self, pepper: &Pepper, serial: u32, account: &AccountId) -> bool {
        let issued = Self::derive(pepper, self.kid.clone(), serial, self.user.clone(), account);
        issued.secret.expose_secret().as_bytes().ct_eq(self.secret.expose_secret().as_bytes()).into()
    }

    /// The whole text.
    pub fn expose(&self) -> SecretString {
        let unsigned = format!("{PREFIX}{}_{}_{}", self.kid, self.user, self.secret.expose_secret());
        let checksum = checksum(&unsigned);
        format!("{unsigned}_{checksum}").into()
    }
}

impl std::fmt::Debug for RefreshHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RefreshHandle({})", self.kid)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pepper() -> Pepper {
        Pepper::new(vec![3; 32]).unwrap()
    }

    fn account(of: u8) -> AccountId {
        AccountId::make(&[of; 16])
    }

    fn handle(serial: u32) -> RefreshHandle {
        let user = UserId::parse("2244994945").unwrap();
        RefreshHandle::derive(&pepper(), KeyId::parse("4fQ0zK81Lm").unwrap(), serial, user, &account(7))
    }

    fn text() -> String {
        handle(1).expose().expose_secret().to_owned()
    }

    #[test]
    fn a_handle_is_read_back_and_recognised() {
        assert_eq!(text().len(), 14 + 10 + 1 + 10 + 1 + 43 + 1 + 6);
        let read = RefreshHandle::parse(&text()).unwrap();
        assert_eq!((read.kid().as_str(), read.user().as_str()), ("4fQ0zK81Lm", "2244994945"));
        assert!(read.is_issued(&pepper(), 1, &account(7)));
        assert!(!read.is_issued(&pepper(), 2, &account(7)));
        assert!(!read.is_issued(&pepper(), 1, &account(8)));
        assert!(!read.is_issued(&Pepper::new(vec![4; 32]).unwrap(), 1, &account(7)));
        let longest = RefreshHandle { user: UserId::parse("9223372036854775807").unwrap(), ..handle(1) };
        assert!(RefreshHandle::parse(longest.expose().expose_secret()).is_ok());
    }

    #[test]
    fn a_handle_is_never_printed() {
        let printed = format!("{:?} {:?}", handle(1), handle(1).expose());
        assert!(!printed.contains(text().split('_').nth(4).unwrap()), "{printed}");
    }

    proptest! {
        #[test]
        fn nothing_else_is_read(
            text in "perch_refresh_([0-9A-Za-z]{10}_[0-9]{1,19}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}|\\PC{0,90})",
        ) {
            prop_assert!(RefreshHandle::parse(&text).is_err());
        }

        #[test]
        fn no_character_may_differ(at in 0_usize..85, with in "[0-9A-Za-z_]") {
            let altered = format!("{}{with}{}", &text()[..at], &text()[at + 1..]);
            prop_assert_eq!(RefreshHandle::parse(&altered).is_ok(), altered == text());
        }
    }
}
