//! Whether a request was signed with the secrets it names (RFC 5849, 3.2).

use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::{Credentials, SignedRequest, header::Presented, signature};

/// X's own base URLs. A client that was made for X and is led here by its transport signs for these.
pub const X_URLS: [&str; 2] = ["https://api.x.com", "https://api.twitter.com"];

/// The parts of a request as it was received. A form in its body would be signed too; perch takes none.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path, as received.
    pub path: &'a str,
    /// The query behind `?`, as received.
    pub query: &'a str,
}

/// Whether `presented` is the signature that `credentials` make of `received` below one of `bases`: base URLs without query, their
/// final slash left out.
pub fn is_signed<'a>(
    presented: &Presented,
    credentials: &Credentials,
    received: Received<'_>,
    mut bases: impl Iterator<Item = &'a str>,
) -> bool {
    let Some(query) = parameters(received.query) else {
        return false;
    };
    let query: Vec<(&str, &str)> = query.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let oauth: Vec<(&str, &str)> = presented.signed.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let request = SignedRequest { method: received.method, query: &query, ..SignedRequest::default() };
    let parameters = signature::parameter_string(&request, &oauth);
    let key = signature::key(credentials);
    bases.any(|base| {
        let url = format!("{}{}", base.trim_end_matches('/'), received.path);
        let base_string = signature::base_string(&SignedRequest { url: &url, ..request }, &parameters);
        let signature = signature::sign(&key, &base_string);
        signature.expose_secret().as_bytes().ct_eq(presented.signature.as_bytes()).into()
    })
}

/// The parameters of a query, decoded; each as often as it comes (RFC 5849, 3.4.1.3.1). Nothing for one that is not UTF-8: two
/// such queries could be taken for one.
fn parameters(query: &str) -> Option<Vec<(String, String)>> {
    let is_utf8 = percent_encoding::percent_decode_str(query).decode_utf8().is_ok();
    is_utf8.then(|| form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_a_form_without_guessing() {
        let read = |query: &str| parameters(query);
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(read("").unwrap(), []);
        assert_eq!(
            read("a=1+2&b=%26&a=%E2%98%83&&c").unwrap(),
            [pair("a", "1 2"), pair("b", "&"), pair("a", "☃"), pair("c", "")]
        );
        assert_eq!(read("a=%FF"), None);
    }
}
