//! What the token endpoint answered.

use oauth2::{TokenResponse, basic::BasicTokenResponse};
use secrecy::SecretString;

use crate::domain::account::FailureClass;

/// Tokens that X granted.
pub struct Granted {
    /// The access token.
    pub access: SecretString,
    /// The refresh token; only with `offline.access`.
    pub refresh: Option<SecretString>,
    /// Seconds the access token lives.
    pub expires_in_s: u64,
    /// The scopes, as granted; nothing said means as asked.
    pub scopes: Option<Vec<String>>,
}

/// Why X granted nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRefusal {
    /// What follows from it.
    pub class: FailureClass,
    /// X's error code, or what was wrong with the answer; never a value.
    pub reason: String,
}

/// Lifetime of an access token when X does not say (X docs: two hours).
const DEFAULT_LIFE_S: u64 = 7200;

/// Reads an answer of the token endpoint.
///
/// # Errors
/// Anything but granted tokens, classified by X's error code and never by the status alone: an answer that is none of OAuth's says
/// nothing of the grant.
pub fn read_grant(status: u16, body: &[u8]) -> Result<Granted, GrantRefusal> {
    if status == 200 {
        let granted: BasicTokenResponse = serde_json::from_slice(body).map_err(|_| transient("unreadable_answer"))?;
        return Ok(Granted {
            access: granted.access_token().secret().clone().into(),
            refresh: granted.refresh_token().map(|token| token.secret().clone().into()),
            expires_in_s: granted.expires_in().map_or(DEFAULT_LIFE_S, |life| life.as_secs()),
            scopes: granted.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect()),
        });
    }
    Err(refusal(status, body))
}

/// Why X granted nothing, by its error code.
pub(super) fn refusal(status: u16, body: &[u8]) -> GrantRefusal {
    #[derive(serde::Deserialize)]
    struct OAuthError {
        error: String,
        #[serde(default)]
        error_description: String,
    }
    let Ok(OAuthError { error, error_description }) = serde_json::from_slice(body) else {
        return transient(&format!("status_{status}"));
    };
    let class = match error.as_str() {
        "invalid_grant" => FailureClass::GrantDead,
        // X says this of a spent token or code, but also of a request that we have built wrongly.
        "invalid_request" if error_description.contains("was invalid") => FailureClass::GrantDead,
        "invalid_request" | "invalid_client" | "unauthorized_client" | "unsupported_grant_type" | "invalid_scope" => {
            FailureClass::Misconfigured
        }
        _ => FailureClass::Transient,
    };
    let known = error.len() <= 40 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    GrantRefusal { class, reason: if known { error } else { "unknown_error".to_owned() } }
}

/// Something that may be otherwise in a moment.
pub(super) fn transient(reason: &str) -> GrantRefusal {
    GrantRefusal { class: FailureClass::Transient, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn granted_tokens_are_read() {
        let body = br#"{"token_type":"bearer","expires_in":7200,"access_token":"a","scope":"tweet.read offline.access","refresh_token":"r"}"#;
        let granted = read_grant(200, body).ok().unwrap();
        assert_eq!(granted.access.expose_secret(), "a");
        assert_eq!(granted.refresh.unwrap().expose_secret(), "r");
        assert_eq!(granted.expires_in_s, 7200);
        assert_eq!(granted.scopes.unwrap(), ["tweet.read", "offline.access"]);
    }

    #[test]
    fn refusals_are_classified_by_their_error() {
        let class = |status, body: &str| read_grant(status, body.as_bytes()).err().unwrap().class;
        let error =
            |error: &str, description: &str| format!(r#"{{"error":"{error}","error_description":"{description}"}}"#);
        let spent = "Value passed for the token was invalid.";
        assert_eq!(class(400, &error("invalid_request", spent)), FailureClass::GrantDead);
        assert_eq!(class(400, &error("invalid_grant", spent)), FailureClass::GrantDead);
        let missing = "Missing required parameter [client_id].";
        assert_eq!(class(400, &error("invalid_request", missing)), FailureClass::Misconfigured);
        assert_eq!(
            class(401, &error("unauthorized_client", "Missing valid authorization header")),
            FailureClass::Misconfigured
        );
        assert_eq!(class(401, &error("invalid_client", "")), FailureClass::Misconfigured);
    }

    #[test]
    fn what_is_no_answer_of_oauth_says_nothing_of_the_grant() {
        for (status, body) in
            [(503, "<html>"), (429, r#"{"title":"Too Many Requests"}"#), (403, "<html>"), (200, "{}"), (500, "")]
        {
            let refusal = read_grant(status, body.as_bytes()).err().unwrap();
            assert_eq!(refusal.class, FailureClass::Transient, "{status} {body}");
        }
    }
}
