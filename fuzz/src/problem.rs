//! The reader of X's failures.
//!
//! An input is `STATUS METHOD CREDENTIAL content-type` in the first line, with `user`, `signed` or `app` as the credential and
//! the content type left out where there is none; the rest is the body.

use perch::x::errors::{Answer, Class, Credential, Retry, XError, classify};

/// Every failure has a meaning, and none of them asks for the impossible: only a token that can be refreshed is refreshed, and
/// only a read is simply sent again. What is shown of X's words is short and printable. What the edge in front of X wrote never
/// touches a token.
pub fn check(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (line, rest) = input.split_at(end);
    let Some(answer) = str::from_utf8(line).ok().and_then(|line| answer(line, rest.get(1..).unwrap_or_default()))
    else {
        return;
    };
    let Some(error) = classify(&answer) else {
        assert!(answer.status < 300, "a failure without a meaning");
        return;
    };
    asks_for_what_is_possible(&error, &answer);
    tells_what_can_be_shown(&error);
    if matches!(answer.status, 401 | 403) && is_of_the_edge(answer.body) {
        assert_eq!((error.class, error.retry), (Class::EdgeBlock, Retry::Never), "the edge is believed");
    }
}

fn answer<'a>(line: &'a str, body: &'a [u8]) -> Option<Answer<'a>> {
    let mut words = line.splitn(4, ' ');
    let (status, method) = (words.next()?.parse().ok()?, words.next()?);
    let credential = match words.next()? {
        "user" => Credential::OAuth2User,
        "signed" => Credential::OAuth1User,
        _ => Credential::App,
    };
    Some(Answer { status, content_type: words.next(), body, method, credential })
}

fn asks_for_what_is_possible(error: &XError, answer: &Answer<'_>) {
    match error.retry {
        Retry::AfterRefresh => assert_eq!(answer.credential, Credential::OAuth2User, "{:?}", error.class),
        Retry::ReadsOnly => assert!(matches!(answer.method, "GET" | "HEAD"), "{:?}", error.class),
        Retry::Never | Retry::AfterReset | Retry::Reconcile => {}
    }
}

fn tells_what_can_be_shown(error: &XError) {
    let detail = error.detail.as_deref().unwrap_or_default();
    assert!(detail.chars().count() <= 500 && !detail.chars().any(char::is_control));
    assert!(!error.kind.as_deref().unwrap_or_default().contains('/'));
}

/// Whether a body is something, and no JSON: neither an object nor what begins like one.
fn is_of_the_edge(body: &[u8]) -> bool {
    body.trim_ascii().first().is_some_and(|byte| *byte != b'{')
}
