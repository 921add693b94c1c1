//! The name of a write, which tells whose it is: who asks for it by its name alone is led to the account's object.

use serde::{Deserialize, Serialize};

use crate::domain::{
    base62,
    ids::{AccountId, MalformedId},
};

const PREFIX: &str = "op_";
const DIGITS: usize = 16;

/// `op_`, the account's id without its prefix, `_` and 16 base62 characters (95 bits).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WriteId(String);

impl WriteId {
    /// A new name for a write of `owner`, from uniform entropy.
    pub fn make(owner: &AccountId, entropy: &[u8; 16]) -> Self {
        let owner = owner.as_str();
        let owner = owner.strip_prefix("acc_").unwrap_or(owner);
        Self(format!("{PREFIX}{owner}_{}", base62::encode(entropy, DIGITS)))
    }

    /// Reads a name that came from outside.
    ///
    /// # Errors
    /// When the text is not of the documented form.
    pub fn parse(text: &str) -> Result<Self, MalformedId> {
        let (owner, digits) = parts(text).ok_or(MalformedId)?;
        let well_formed = digits.len() == DIGITS && base62::is_base62(digits);
        if well_formed && owner_of(owner).is_some() { Ok(Self(text.to_owned())) } else { Err(MalformedId) }
    }

    /// Whose write it is.
    pub fn owner(&self) -> AccountId {
        // The form was checked when the name came in.
        parts(&self.0).and_then(|(owner, _)| owner_of(owner)).unwrap_or_else(AccountId::app)
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn parts(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(PREFIX)?.split_once('_')
}

fn owner_of(text: &str) -> Option<AccountId> {
    AccountId::of_object(text).or_else(|_| AccountId::parse(&format!("acc_{text}"))).ok()
}

impl From<WriteId> for String {
    fn from(id: WriteId) -> Self {
        id.0
    }
}

impl TryFrom<String> for WriteId {
    type Error = MalformedId;

    fn try_from(text: String) -> Result<Self, MalformedId> {
        Self::parse(&text)
    }
}

impl std::fmt::Display for WriteId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_whose_write_it_is() {
        for owner in [AccountId::make(&[7; 16]), AccountId::app()] {
            let id = WriteId::make(&owner, &[9; 16]);
            assert_eq!(WriteId::parse(id.as_str()), Ok(id.clone()));
            assert_eq!(id.owner(), owner);
        }
    }

    #[test]
    fn foreign_names_are_refused() {
        for text in
            ["", "op_", "op_app", "op_app_", "op_app_0123456789abcde", "op_x_0123456789abcdef", "app_0123456789abcdef"]
        {
            assert_eq!(WriteId::parse(text), Err(MalformedId), "{text}");
        }
    }
}
