//! How callers name an account: by perch's id, by X's, or by its handle.

use crate::domain::{
    api_key::KeyId,
    fault::{Code, Fault},
    ids::{AccountId, UserId},
};

/// Which account is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// `acc_…`.
    Id(AccountId),
    /// X's user id.
    User(UserId),
    /// `@handle`, in small letters: X's handles have no case.
    Handle(String),
    /// None: whatever this version of a key is granted.
    Granted(KeyId, u32),
}

impl Name {
    /// Reads the header `Perch-Account`. A handle needs its `@`, because it may be made of digits alone.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        if let Some(handle) = text.strip_prefix('@') {
            return is_handle(handle).then(|| Self::Handle(handle.to_ascii_lowercase())).ok_or_else(malformed);
        }
        AccountId::parse(text).map(Self::Id).or_else(|_| UserId::parse(text).map(Self::User)).map_err(|_| malformed())
    }
}

/// X's handles: 1 to 15 letters, digits and underscores; some old ones are longer (schema `UserName` of X's OpenAPI file).
fn is_handle(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn malformed() -> Fault {
    Fault::new(Code::InvalidRequest, "Perch-Account takes an account id (acc_…), a handle with its @, or an X user id.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_are_told_apart() {
        let id = AccountId::make(&[7; 16]);
        assert_eq!(Name::parse(id.as_str()), Ok(Name::Id(id)));
        assert_eq!(Name::parse("2244994945"), Ok(Name::User(UserId::parse("2244994945").unwrap())));
        assert_eq!(Name::parse("@2244994945"), Ok(Name::Handle("2244994945".to_owned())));
        assert_eq!(Name::parse("@XDev"), Ok(Name::Handle("xdev".to_owned())));
    }

    #[test]
    fn anything_else_is_refused_before_it_is_looked_up() {
        for text in ["", "@", "XDev", "acc_", "acc_short", "@a b", "@é", "@a-b", "-1", "@abcdefghijklmnopqrstu"] {
            assert_eq!(Name::parse(text).map_err(|fault| fault.code), Err(Code::InvalidRequest), "{text}");
        }
    }
}
