//! Every known answer, and what must hold of any.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vector {
    name: String,
    status: u16,
    content_type: Option<String>,
    body: String,
    class: Class,
    retry: Retry,
    applies_to: String,
}

impl Vector {
    fn answer(&self) -> Answer<'_> {
        let method = self.applies_to.split_once(' ').map_or("GET", |(method, _)| method);
        let credential = if self.name.ends_with("-bearer") { Credential::App } else { Credential::OAuth2User };
        let content_type = self.content_type.as_deref().filter(|value| !value.is_empty());
        Answer { status: self.status, content_type, body: self.body.as_bytes(), method, credential }
    }
}

fn vectors() -> Vec<Vector> {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../../../tests/fixtures/error-vectors.json")).unwrap();
    assert_eq!(vectors.len(), 110);
    vectors
}

#[test]
fn every_vector_has_its_class_and_retry() {
    let mut wrong = Vec::new();
    for vector in vectors() {
        let found = classify(&vector.answer()).map(|error| (error.class, error.retry));
        if found != Some((vector.class, vector.retry)) {
            wrong.push(format!("{}: {found:?}, not {:?} {:?}", vector.name, vector.class, vector.retry));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn answer<'a>(status: u16, content_type: &'a str, body: &'a str) -> Answer<'a> {
    Answer {
        status,
        content_type: Some(content_type),
        body: body.as_bytes(),
        method: "GET",
        credential: Credential::OAuth2User,
    }
}

fn problem(status: u16, body: &str) -> XError {
    classify(&answer(status, "application/problem+json", body)).unwrap()
}

#[test]
fn a_plain_success_is_no_error() {
    for body in ["", "{}", r#"{"data":{"id":"1"}}"#, r#"{"data":[],"errors":[]}"#, r#"{"data":{"title":"Forbidden"}}"#]
    {
        assert_eq!(classify(&answer(200, "application/json", body)), None, "{body}");
    }
}

#[test]
fn both_hosts_of_problem_types_are_read_and_about_blank_is_no_kind() {
    for (uri, kind) in [
        ("https://api.twitter.com/2/problems/usage-capped", Some("usage-capped")),
        ("https://api.x.com/2/problems/usage-capped", Some("usage-capped")),
        ("about:blank", None),
    ] {
        let error = problem(429, &format!(r#"{{"title":"T","type":"{uri}"}}"#));
        assert_eq!(error.kind.as_deref(), kind);
    }
}

#[test]
fn the_name_outweighs_the_status() {
    let body = r#"{"title":"SpendCapReached","reset_date":"2026-07-10","type":"https://api.x.com/2/problems/credits"}"#;
    for status in [400, 402, 403, 429, 500] {
        let error = problem(status, body);
        assert_eq!((error.class, error.retry), (Class::SpendCap, Retry::AfterReset));
        assert_eq!(error.reset_date.as_deref(), Some("2026-07-10"));
    }
}

#[test]
fn json_without_a_known_name_is_read_by_its_status() {
    let classes = [
        (400, Class::CallerError),
        (401, Class::TokenInvalid),
        (402, Class::Credits),
        (403, Class::Forbidden),
        (404, Class::NotFound),
        (409, Class::Conflict),
        (413, Class::TooLarge),
        (418, Class::CallerError),
        (429, Class::RateLimit),
        (500, Class::ServerError),
        (599, Class::ServerError),
    ];
    for (status, class) in classes {
        assert_eq!(problem(status, r#"{"title":"Something new"}"#).class, class, "{status}");
    }
}

#[test]
fn only_an_oauth2_user_token_is_refreshed() {
    let unauthorized = r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#;
    let retry = |credential| {
        let answer = Answer { credential, ..answer(401, "application/json", unauthorized) };
        classify(&answer).unwrap().retry
    };
    assert_eq!(retry(Credential::OAuth2User), Retry::AfterRefresh);
    assert_eq!(retry(Credential::OAuth1User), Retry::Never);
    assert_eq!(retry(Credential::App), Retry::Never);
}

#[test]
fn a_write_that_met_a_failing_server_is_reconciled() {
    for (method, retry) in [("GET", Retry::ReadsOnly), ("POST", Retry::Reconcile), ("DELETE", Retry::Reconcile)] {
        let answer = Answer { method, ..answer(503, "text/plain", "upstream connect error") };
        assert_eq!(classify(&answer).unwrap().retry, retry);
    }
}

#[test]
fn the_detail_names_the_parameter_and_is_fit_to_be_shown() {
    let long = "x".repeat(600);
    let body = format!(
        r#"{{"errors":[{{"parameters":{{"ids":["a"]}},"message":"bad\u0000\u001b[31m\n{long}"}}],
            "title":"Invalid Request","detail":"One or more parameters to your request was invalid.",
            "type":"https://api.x.com/2/problems/invalid-request"}}"#
    );
    let error = problem(400, &body);
    let detail = error.detail.unwrap();
    assert!(detail.starts_with("bad[31mx"));
    assert_eq!(detail.chars().count(), 500);
    assert_eq!(error.parameter.as_deref(), Some("ids"));
    assert_eq!(error.title.as_deref(), Some("Invalid Request"));
}

#[test]
fn a_cut_body_is_read_by_its_status() {
    let whole = r#"{"title":"UsageCapExceeded","type":"https://api.x.com/2/problems/usage-capped"}"#;
    for end in 1..whole.len() {
        assert_eq!(problem(503, &whole[..end]).class, Class::ServerError);
    }
}

proptest! {
    #[test]
    fn every_failure_means_something(
        status in 300_u16..,
        body in proptest::collection::vec(any::<u8>(), 0..200),
        html in any::<bool>(),
    ) {
        let content_type = if html { "text/html" } else { "application/json" };
        let answer = Answer { body: &body, ..answer(status, content_type, "") };
        prop_assert!(classify(&answer).is_some());
    }

    #[test]
    fn members_of_any_type_are_taken(member in "(title|type|detail|errors|data|error|status|account_id)", value in "(null|1|\"a\"|\\[\\]|\\[1\\]|\\{\\}|\\[\\{\"code\":\"x\"\\}\\]|true)") {
        let body = format!(r#"{{"{member}":{value}}}"#);
        prop_assert_eq!(classify(&answer(404, "application/json", &body)).map(|error| error.class), Some(Class::NotFound));
    }
}
