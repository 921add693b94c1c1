//! The published and recomputed vectors, at every step.

mod verifying;

use serde::Deserialize;

use super::*;

type Pairs = Vec<(String, String)>;

#[derive(Clone, Deserialize)]
struct Vector {
    name: String,
    method: String,
    url: String,
    query: Pairs,
    form: Pairs,
    oauth_extra: Pairs,
    oauth_version: Option<String>,
    consumer_key: String,
    consumer_secret: String,
    token: String,
    token_secret: String,
    nonce: String,
    timestamp: String,
    parameter_string: String,
    base_string: String,
    signing_key: String,
    signature: String,
    authorization: String,
}

fn vectors() -> Vec<Vector> {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../../../tests/fixtures/oauth1-vectors.json")).unwrap();
    assert_eq!(vectors.len(), 29);
    vectors
}

fn borrowed(pairs: &Pairs) -> Vec<(&str, &str)> {
    pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

impl Vector {
    fn credentials(&self) -> Credentials {
        let token = || Token { token: self.token.clone().into(), secret: self.token_secret.clone().into() };
        Credentials {
            consumer_key: self.consumer_key.clone(),
            consumer_secret: self.consumer_secret.clone().into(),
            token: (!self.token.is_empty()).then(token),
        }
    }

    fn with<T>(&self, then: impl FnOnce(&Credentials, &SignedRequest<'_>) -> T) -> T {
        let request = SignedRequest {
            method: &self.method,
            url: &self.url,
            query: &borrowed(&self.query),
            form: &borrowed(&self.form),
            oauth: &borrowed(&self.oauth_extra),
            without_version: self.oauth_version.is_none(),
        };
        then(&self.credentials(), &request)
    }
}

#[test]
fn every_step_of_every_vector_agrees() {
    for vector in vectors() {
        let name = &vector.name;
        vector.with(|credentials, request| {
            let oauth = oauth_parameters(credentials, request, &vector.nonce, &vector.timestamp);
            let parameters = signature::parameter_string(request, &oauth);
            assert_eq!(parameters, vector.parameter_string, "{name}");
            assert_eq!(signature::base_string(request, &parameters), vector.base_string, "{name}");
            assert_eq!(signature::key(credentials).expose_secret(), vector.signing_key, "{name}");
            assert_eq!(signature::of(credentials, request, &oauth).expose_secret(), vector.signature, "{name}");
        });
    }
}

#[test]
fn the_header_of_every_vector_agrees() {
    for vector in vectors() {
        let timestamp_s = vector.timestamp.parse().unwrap();
        let header = vector.with(|who, request| authorization(who, request, &vector.nonce, timestamp_s));
        assert_eq!(header, vector.authorization, "{}", vector.name);
    }
}

#[test]
fn the_base_url_is_normalised() {
    for (url, normal) in [
        ("http://example.com:80/r%20v/X?id=123", "http://example.com/r%20v/X"),
        ("https://www.example.net:8080/?q=1", "https://www.example.net:8080/"),
        ("https://Example.com", "https://example.com/"),
        ("http://example.com:443/", "http://example.com:443/"),
    ] {
        let request = SignedRequest { method: "GET", url, ..SignedRequest::default() };
        assert_eq!(signature::base_string(&request, ""), format!("GET&{}&", encode(normal)));
    }
}

#[test]
fn secrets_are_not_printed() {
    let credentials = Credentials {
        consumer_key: "key".into(),
        consumer_secret: "hush-app".to_owned().into(),
        token: Some(Token { token: "hush-token".to_owned().into(), secret: "hush-account".to_owned().into() }),
    };
    assert!(!format!("{credentials:?}").contains("hush"));
}
