//! The reader of the `Authorization` header of requests signed with OAuth 1.0a.
//!
//! An input is the header in the first line, and `METHOD /path?query` of the request in the second.

use percent_encoding::percent_decode_str;
use perch::{
    gateway::path_gate,
    x::oauth1::{
        Credentials, SignedRequest, Token, authorization,
        header::{self, Presented},
        verify::{self, Received},
    },
};
use url::form_urlencoded;

use super::first_line;

/// The longest header that is read, in bytes.
const LONGEST: usize = 4096;
const BASE: &str = "https://perch.example";

/// A header that is read has what its caller relies on. Written again by the signer it is read as the same caller, nonce and time,
/// and verifies, for this request alone. As it came it does not: nobody has signed it with these secrets.
pub fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let (header, request) = first_line(text);
    let Ok(read) = header::parse(header) else {
        return;
    };
    assert!(header::is_oauth(header) && header.len() <= LONGEST);
    assert!((1..=128).contains(&read.nonce.len()) && read.nonce.bytes().all(|byte| byte.is_ascii_graphic()));
    assert!((1..1_000_000_000_000).contains(&read.timestamp_s));
    let (method, target) = request.split_once(' ').unwrap_or(("GET", request));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    // Nothing else comes so far; of a query that is not UTF-8 the verifier says itself that nobody signed it.
    if path_gate::admit(path, Some(query)).is_ok() && percent_decode_str(query).decode_utf8().is_ok() {
        survives_the_signer(&read, Received { method, path, query });
    }
}

fn survives_the_signer(read: &Presented, received: Received<'_>) {
    let credentials = credentials(read);
    assert!(!is_signed(read, &credentials, received), "a forged signature is taken");
    let written = sign(read, &credentials, received);
    let Ok(again) = header::parse(&written) else {
        assert!(written.len() > LONGEST, "what was signed is not read");
        return;
    };
    let told = |read: &Presented| (read.consumer_key.clone(), read.token.clone(), read.nonce.clone(), read.timestamp_s);
    assert_eq!(told(&again), told(read));
    assert!(is_signed(&again, &credentials, received), "what was signed does not verify");
    let other = format!("{}x", received.path);
    assert!(!is_signed(&again, &credentials, Received { path: &other, ..received }), "it verifies for another path");
}

fn sign(read: &Presented, credentials: &Credentials, received: Received<'_>) -> String {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(received.query.as_bytes()).into_owned().collect();
    let query: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let url = format!("{BASE}{}", received.path);
    let request = SignedRequest { method: received.method, url: &url, query: &query, ..SignedRequest::default() };
    authorization(credentials, &request, &read.nonce, read.timestamp_s)
}

fn is_signed(read: &Presented, credentials: &Credentials, received: Received<'_>) -> bool {
    verify::is_signed(read, credentials, received, std::iter::once(BASE))
}

fn credentials(read: &Presented) -> Credentials {
    Credentials {
        consumer_key: read.consumer_key.clone(),
        consumer_secret: "of the consumer, for the fuzzer".into(),
        token: Some(Token { token: read.token.clone().into(), secret: "of the token, for the fuzzer".into() }),
    }
}
