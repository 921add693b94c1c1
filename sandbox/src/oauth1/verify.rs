//! Who signed a request with OAuth 1.0a.

use http::header::{AUTHORIZATION, HOST};
use percent_encoding::percent_decode_str;

use crate::answer::Answer;
use crate::call::{Call, lookup};
use crate::caller::{Caller, User, Via};
use crate::oauth1::signature::{base_string, sign};
use crate::oauth1::{CONSUMER_KEY, CONSUMER_SECRET, TIMESTAMP_TOLERANCE_MS, secret_of, token_of};
use crate::state::State;
use crate::vectors;

/// Origins under which X is known besides the Host header: clients behind a proxy sign for these.
const ORIGINS: [&str; 2] = ["https://api.x.com", "https://api.twitter.com"];

/// The user whose token signed `call`.
pub(crate) fn verify(state: &mut State, call: &Call) -> Result<Caller, Box<Answer>> {
    let oauth = header_parameters(call.header(AUTHORIZATION.as_str()).unwrap_or_default());
    let get = |name: &str| lookup(&oauth, name).unwrap_or_default();
    if get("oauth_consumer_key") != CONSUMER_KEY || get("oauth_signature_method") != "HMAC-SHA1" {
        return vectors::refuse("unauthorized-32");
    }
    let now = state.now_ms();
    if !is_fresh(get("oauth_timestamp"), now) {
        return vectors::refuse("unauthorized-135");
    }
    let token = get("oauth_token");
    let known = state.users.all().iter().find(|user| token_of(&user.account.id) == token);
    let Some(user_id) = known.map(|user| user.account.id.clone()) else {
        return vectors::refuse("unauthorized-89-user");
    };
    let signed = is_signed(call, &oauth, get("oauth_signature"), &secret_of(&user_id));
    if !signed || get("oauth_nonce").is_empty() || !state.nonces.first_use(token, get("oauth_nonce"), now) {
        return vectors::refuse("unauthorized-32");
    }
    Ok(Caller::User(User { id: user_id, via: Via::OAuth1 }))
}

fn is_fresh(timestamp: &str, now_ms: u64) -> bool {
    let seconds: Option<u64> = timestamp.parse().ok();
    seconds.is_some_and(|seconds| seconds.saturating_mul(1000).abs_diff(now_ms) <= TIMESTAMP_TOLERANCE_MS + 999)
}

fn is_signed(call: &Call, oauth: &[(String, String)], signature: &str, token_secret: &str) -> bool {
    let parameters = signed_parameters(call, oauth);
    let host = call.header(HOST.as_str()).unwrap_or_default();
    let addressed = [format!("http://{host}"), format!("https://{host}")];
    let origins = addressed.iter().map(String::as_str).chain(ORIGINS);
    origins.into_iter().any(|origin| {
        let base = base_string(call.method.as_str(), &format!("{origin}{}", call.uri.path()), &parameters);
        sign(&base, CONSUMER_SECRET, token_secret) == signature
    })
}

/// Query, form body and `oauth_*`; JSON and multipart bodies are not signed (RFC 5849 section 3.4.1.3.1).
fn signed_parameters(call: &Call, oauth: &[(String, String)]) -> Vec<(String, String)> {
    let is_signed = |name: &str| name != "oauth_signature" && name != "realm";
    let mut parameters: Vec<_> = oauth.iter().filter(|(name, _)| is_signed(name)).cloned().collect();
    parameters.extend(call.query.iter().cloned());
    if call.is_content_type("application/x-www-form-urlencoded") {
        parameters.extend(call.form());
    }
    parameters
}

/// `OAuth k="v", k="v"` as decoded pairs; separators and order are free.
fn header_parameters(header: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (_scheme, list) = header.split_once(' ').unwrap_or_default();
    let pair = |part: &str| {
        let (name, value) = part.trim().split_once('=')?;
        Some((decode(name), decode(value.trim_matches('"'))))
    };
    list.split(',').filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_parsed_whatever_their_separators() {
        let tight = header_parameters(r#"OAuth oauth_nonce="a%2Bb",oauth_version="1.0""#);
        let loose = header_parameters(r#"OAuth  oauth_nonce="a%2Bb",   oauth_version="1.0""#);
        assert_eq!(tight, loose);
        assert_eq!(lookup(&tight, "oauth_nonce"), Some("a+b"));
    }

    #[test]
    fn time_stamps_are_good_for_five_minutes() {
        assert!(is_fresh("1000", 1_300_000));
        assert!(is_fresh("1600", 1_300_000));
        assert!(!is_fresh("999", 1_300_000));
        assert!(!is_fresh("", 1_300_000));
    }
}
