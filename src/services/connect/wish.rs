//! What a client application asks for when it begins an attempt, checked before anything is kept.

use url::Url;

use crate::{
    domain::{api_key::KeyRecord, fault::Fault},
    services::accounts,
    x::oauth2::{DEFAULT_SCOPES, SCOPES},
};

/// The longest `state` that is carried for a client application, in bytes.
const LONGEST_STATE: usize = 512;
/// Without these X does not say whose account it is (`GET /2/users/me`).
const NEEDED: [&str; 2] = ["tweet.read", "users.read"];

/// What is asked for. Everything may be absent.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Where the browser goes afterwards; without it, it is shown a page.
    pub return_uri: Option<String>,
    /// The client application's own `state`, for its own protection against forged answers.
    pub state: Option<String>,
    /// The X scopes to ask for.
    pub scopes: Option<Vec<String>>,
    /// The account to be connected again.
    pub account: Option<String>,
    /// The operator's own name for the account.
    pub label: Option<String>,
}

impl Wish {
    /// Checks everything that can be checked without looking anything up, and settles the scopes.
    pub(super) fn settle(mut self, key: &KeyRecord) -> Result<(Self, Vec<String>), Fault> {
        self.return_uri.as_deref().map_or(Ok(()), |uri| permitted(key, uri))?;
        if self.state.as_ref().is_some_and(|state| state.len() > LONGEST_STATE) {
            return Err(Fault::field("state", "length", "Use at most 512 bytes."));
        }
        self.label = self.label.as_deref().map(accounts::label).transpose()?;
        let scopes = match self.scopes.take() {
            Some(scopes) => asked(scopes)?,
            None => DEFAULT_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
        };
        Ok((self, scopes))
    }
}

/// Byte for byte one of the key's own (RFC 9700, 2.1), and something a browser can be sent to.
fn permitted(key: &KeyRecord, uri: &str) -> Result<(), Fault> {
    let usable = Url::parse(uri).is_ok_and(|url| url.fragment().is_none());
    if usable && key.permits_return(uri) {
        return Ok(());
    }
    let message = "Use one of the key's return_uris, letter for letter; the operator can add one.";
    Err(Fault::field("return_uri", "not_registered", message))
}

fn asked(mut scopes: Vec<String>) -> Result<Vec<String>, Fault> {
    if let Some(at) = scopes.iter().position(|scope| !SCOPES.contains(&scope.as_str())) {
        let message = format!("X knows these scopes: {}.", SCOPES.join(", "));
        return Err(Fault::field(format!("scopes[{at}]"), "unknown", message));
    }
    if !NEEDED.iter().all(|needed| scopes.iter().any(|scope| scope == needed)) {
        let message = "Ask for tweet.read and users.read too: without them X does not say whose account it is.";
        return Err(Fault::field("scopes", "incomplete", message));
    }
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Timestamp,
        api_key::{AccountGrant, Issue, KeyHash, KeyId, Quota, ScopeSet},
    };

    fn key() -> KeyRecord {
        KeyRecord {
            kid: KeyId::parse("0123456789").unwrap(),
            name: "app".to_owned(),
            hash: KeyHash::nobody(),
            scopes: ScopeSet::default(),
            accounts: AccountGrant::default(),
            default_account: None,
            origins: Vec::new(),
            quota: Quota { per_minute: 60, per_day: None },
            return_uris: vec!["https://app.example/connected?a=1".to_owned(), "https://app.example/#f".to_owned()],
            created_at: Timestamp::from_ms(0),
            expires_at: None,
            revoked_at: None,
            overlap_until: None,
            replaced_by: None,
            oauth1: Issue::default(),
            refresh_handles: Issue::default(),
            version: 1,
        }
    }

    fn settled(wish: Wish) -> Result<Vec<String>, String> {
        wish.settle(&key())
            .map(|(_, scopes)| scopes)
            .map_err(|fault| fault.fields.first().map(|field| field.field.clone()).unwrap_or_default())
    }

    fn scopes(scopes: &[&str]) -> Wish {
        Wish { scopes: Some(scopes.iter().map(|scope| (*scope).to_owned()).collect()), ..Wish::default() }
    }

    #[test]
    fn the_default_scopes_are_what_v1_needs() {
        assert_eq!(settled(Wish::default()).unwrap(), DEFAULT_SCOPES);
    }

    #[test]
    fn scopes_are_x_s_own_and_enough_to_learn_whose_account_it_is() {
        let one_of_each = ["tweet.read", "users.read"];
        assert_eq!(settled(scopes(&["users.read", "tweet.read", "users.read"])).unwrap(), one_of_each);
        assert_eq!(settled(scopes(&["tweet.read", "users.read", "tweet.raed"])), Err("scopes[2]".to_owned()));
        assert_eq!(settled(scopes(&["tweet.read"])), Err("scopes".to_owned()));
        assert_eq!(settled(scopes(&[])), Err("scopes".to_owned()));
    }

    #[test]
    fn a_return_address_is_the_key_s_own_letter_for_letter() {
        let to = |uri: &str| settled(Wish { return_uri: Some(uri.to_owned()), ..Wish::default() });
        assert!(to("https://app.example/connected?a=1").is_ok());
        for near in [
            "https://app.example/connected",
            "https://app.example/connected?a=1&b=2",
            "https://app.example/connected?a=1#",
            "https://app.example/connected?a=1/",
            "https://app.example:443/connected?a=1",
            "https://APP.example/connected?a=1",
            "https://user@app.example/connected?a=1",
            "http://app.example/connected?a=1",
            "https://app.example.evil.example/connected?a=1",
            "https://app.example/#f",
            " https://app.example/connected?a=1",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(to(near), Err("return_uri".to_owned()), "{near}");
        }
    }

    #[test]
    fn an_own_state_has_an_end() {
        let with = |state: String| settled(Wish { state: Some(state), ..Wish::default() });
        assert!(with("s".repeat(512)).is_ok());
        assert_eq!(with("s".repeat(513)), Err("state".to_owned()));
    }
}
