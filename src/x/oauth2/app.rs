//! The app's own bearer: `POST /oauth2/token` (X docs, application-only authentication).
//!
//! X answers the same token each time until somebody invalidates it, so asking again is harmless.

use oauth2::{TokenResponse, basic::BasicTokenResponse};
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    Form,
    answer::{GrantRefusal, refusal, transient},
    basic,
};
use crate::domain::account::FailureClass;

/// X's code of a refusal that has nothing of OAuth 2.0's form: wrong consumer credentials, or none.
const UNVERIFIED: u32 = 99;

/// Asks for the app's bearer (RFC 6749, 4.4.2).
pub fn client_credentials(consumer_key: &str, consumer_secret: &SecretString) -> Form {
    Form {
        body: "grant_type=client_credentials".to_owned().into(),
        authorization: Some(basic(consumer_key, consumer_secret)),
    }
}

/// Reads an answer of the app's token endpoint.
///
/// # Errors
/// Anything but a bearer, classified as [`read_grant`](super::read_grant) does.
pub fn read_bearer(status: u16, body: &[u8]) -> Result<SecretString, GrantRefusal> {
    if status == 200 {
        let granted: BasicTokenResponse = serde_json::from_slice(body).map_err(|_| transient("unreadable_answer"))?;
        return Ok(granted.access_token().secret().clone().into());
    }
    if is_unverified(body) {
        return Err(GrantRefusal { class: FailureClass::Misconfigured, reason: "invalid_client".to_owned() });
    }
    Err(refusal(status, body))
}

/// Whether X says that it cannot verify the credentials, in the form of its first API.
fn is_unverified(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<Error>,
    }
    #[derive(Deserialize)]
    struct Error {
        code: u32,
    }
    serde_json::from_slice::<Errors>(body).is_ok_and(|said| said.errors.iter().any(|error| error.code == UNVERIFIED))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_consumer_proves_itself_by_basic_alone() {
        let secret = SecretString::from("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg");
        let form = client_credentials("xvz1evFS4wEEPTGEFPHBog", &secret);
        assert_eq!(form.body.expose_secret(), "grant_type=client_credentials");
        let basic = "Basic eHZ6MWV2RlM0d0VFUFRHRUZQSEJvZzpMOHFxOVBaeVJnNmllS0dFS2hab2xHQzB2SldMdzhpRUo4OERSZHlPZw==";
        assert_eq!(form.authorization.unwrap().expose_secret(), basic);
    }

    #[test]
    fn a_bearer_is_read_and_refusals_are_classified() {
        let bearer = read_bearer(200, br#"{"token_type":"bearer","access_token":"AAAA"}"#).unwrap();
        assert_eq!(bearer.expose_secret(), "AAAA");
        let class = |status, body: &str| read_bearer(status, body.as_bytes()).unwrap_err().class;
        let unverified = r#"{"errors":[{"code":99,"label":"authenticity_token_error","message":"no"}]}"#;
        assert_eq!(class(403, unverified), FailureClass::Misconfigured);
        assert_eq!(class(401, r#"{"error":"invalid_client"}"#), FailureClass::Misconfigured);
        for (status, body) in [(200, "{}"), (403, "<html>"), (503, ""), (403, r#"{"errors":[{"code":88}]}"#)] {
            assert_eq!(class(status, body), FailureClass::Transient, "{status} {body}");
        }
    }
}
