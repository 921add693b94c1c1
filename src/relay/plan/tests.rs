use http::{HeaderName, HeaderValue, Request};
use proptest::prelude::*;
use url::Url;

use super::*;

fn head(method: &str, target: &str, headers: &[(&'static str, &str)]) -> Parts {
    let mut head = Request::builder().method(method).uri(target).body(()).unwrap().into_parts().0;
    let pairs =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
    head.headers = pairs.collect();
    head
}

fn planned(method: &str, target: &str, headers: &[(&'static str, &str)]) -> Result<Plan, Code> {
    plan(&head(method, target, headers), UnknownEndpoints::Refuse).map_err(|fault| fault.code)
}

/// A path of the operation's, with values for its parameters.
fn sample(operation: &Operation) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "12345" } else { segment }.to_owned();
    operation.template().split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[test]
fn every_endpoint_of_x_is_planned() {
    for operation in catalogue::all() {
        let path = sample(operation);
        if is_of_sign_in(&path) {
            assert_eq!(planned(operation.method(), &path, &[]), Err(Code::RouteNotFound), "{}", operation.name);
            continue;
        }
        let with_body = [("content-length", "2"), ("content-type", "application/json")];
        let plan = planned(operation.method(), &format!("{path}?a=b%2Fc"), &with_body).unwrap();
        assert_eq!(plan.operation, operation, "{}", operation.name);
        assert_eq!(plan.target, format!("{path}?a=b%2Fc"));
        let is_read = operation.method() == "GET";
        assert_eq!(plan.scope(), if is_read { Scope::RelayRead } else { Scope::RelayWrite }, "{}", operation.name);
        assert_eq!(plan.body, if is_read { Body::None } else { Body::Held(2) }, "{}", operation.name);
        assert_eq!(plan.answer_body() == AnswerBody::Endless, operation.streams, "{}", operation.name);
        assert!((1..=operation.timeout_ms).contains(&plan.timeout_ms(25_000)), "{}", operation.name);
    }
}

#[test]
fn x_gets_what_the_client_accepts_and_what_its_body_is_and_no_more() {
    let sent = [
        ("accept", "text/event-stream"),
        ("accept-encoding", "gzip"),
        ("content-type", "application/json"),
        ("content-length", "10"),
        ("origin", "https://app.example"),
        ("perch-account", "@alice"),
        ("x-api-key", "perch_live_0"),
        ("cf-connecting-ip", "203.0.113.7"),
    ];
    let names = |plan: Plan| plan.headers.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let plan = planned("POST", "/2/tweets", &sent).unwrap();
    assert_eq!(names(plan), ["accept", "accept-encoding", "content-type"]);
    let plan = planned("GET", "/2/users/me", &sent).unwrap();
    assert_eq!(names(plan), ["accept", "accept-encoding"], "a GET has no body to speak of");
    let plan = planned("GET", "/2/users/me", &[]).unwrap();
    let defaults = [("accept", "application/json".to_owned()), ("accept-encoding", "identity".to_owned())];
    assert_eq!(plan.headers, defaults);
}

#[test]
fn short_bodies_are_held_and_long_ones_stream() {
    let body = |headers: &[(&'static str, &str)]| planned("POST", "/2/media/upload", headers).unwrap().body;
    assert_eq!(body(&[]), Body::None);
    assert_eq!(body(&[("content-length", "0")]), Body::None);
    assert_eq!(body(&[("content-length", "65536")]), Body::Held(65_536));
    assert_eq!(body(&[("content-length", "65537")]), Body::Stream);
    assert_eq!(body(&[("transfer-encoding", "chunked")]), Body::Held(UNANNOUNCED));
}

#[test]
fn what_x_does_not_have_is_not_asked_for() {
    for (method, path, code) in [
        ("GET", "/2/nothing", Code::RouteNotFound),
        ("GET", "/2/tweets/1/2/3", Code::RouteNotFound),
        ("GET", "/2/", Code::RouteNotFound),
        ("POST", "/2/oauth2/revoke", Code::RouteNotFound),
        ("POST", "/2/OAuth2/token", Code::RouteNotFound),
        ("GET", "/2/oauth2/authorize", Code::RouteNotFound),
        ("PUT", "/2/tweets", Code::MethodNotAllowed),
        ("HEAD", "/2/tweets/1", Code::MethodNotAllowed),
        ("TRACE", "/2/tweets/1", Code::MethodNotAllowed),
        ("GET", "/2/tweets/%32", Code::InvalidPath),
        ("GET", "/2/tweets/..", Code::InvalidPath),
    ] {
        assert_eq!(planned(method, path, &[]), Err(code), "{method} {path}");
    }
    for name in METHOD_OVERRIDES {
        assert_eq!(planned("POST", "/2/tweets", &[(name, "DELETE")]), Err(Code::InvalidRequest), "{name}");
    }
}

#[test]
fn endpoints_of_tomorrow_are_forwarded_where_that_is_set() {
    let forward = |method: &str, path: &str| {
        plan(&head(method, path, &[("content-length", "2")]), UnknownEndpoints::Forward).map_err(|fault| fault.code)
    };
    let read = forward("GET", "/2/tomorrow/7?x=1").unwrap();
    assert_eq!((read.target.as_str(), read.is_safe(), read.body), ("/2/tomorrow/7?x=1", true, Body::None));
    let write = forward("POST", "/2/tomorrow").unwrap();
    assert_eq!((write.operation.effect, write.body), (Effect::Create, Body::Held(2)));
    assert_eq!(forward("GET", "/2/tomorrow/a%20b"), Err(Code::InvalidPath));
    assert_eq!(forward("PURGE", "/2/tomorrow"), Err(Code::MethodNotAllowed));
    assert_eq!(forward("POST", "/2/oauth2/tomorrow"), Err(Code::RouteNotFound));
}

/// How many paths are tried: a few in every run, a million with `PERCH_LONG=1`.
fn cases() -> u32 {
    if std::env::var_os("PERCH_LONG").is_some() { 1_000_000 } else { 20_000 }
}

/// Paths as attackers write them: pieces of real templates, dots, slashes, escapes, hosts.
fn hostile_path() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "tweets",
            "users",
            "me",
            "by",
            "username",
            "oauth2",
            "token",
            "media",
            "upload",
            "search",
            "stream",
            "12345",
            "..",
            ".",
            "",
            "%2e%2e",
            "%2f",
            "%5c",
            "\\",
            "//evil.example",
            "@evil.example",
            ";x",
            "a%20b",
            "%00",
            "%252e",
            ":443",
            "~",
            "1,2",
            "TWEETS",
            "é",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
    ];
    prop::collection::vec(piece, 0..7).prop_map(|pieces| format!("/2/{}", pieces.join("/")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    /// Whatever the path, X's host is reached or none, at one of its own endpoints or none, and never where tokens are made.
    #[test]
    fn nothing_but_the_catalogue_is_ever_reached(path in hostile_path(), forward: bool, method in "GET|POST|PUT|DELETE") {
        let unknown = if forward { UnknownEndpoints::Forward } else { UnknownEndpoints::Refuse };
        let Ok(request) = Request::builder().method(method.as_str()).uri(format!("http://127.0.0.1:8787{path}")).body(()) else {
            return Ok(());
        };
        let head = request.into_parts().0;
        if crate::gateway::path_gate::admit(head.uri.path(), head.uri.query()).is_err() {
            return Ok(());
        }
        if let Ok(plan) = plan(&head, unknown) {
            let url = Url::parse(&format!("https://api.x.com{}", plan.target)).unwrap();
            prop_assert_eq!((url.scheme(), url.host_str(), url.port()), ("https", Some("api.x.com"), None));
            prop_assert_eq!(url.path(), head.uri.path(), "read in one way by all");
            prop_assert!(!url.path().to_ascii_lowercase().starts_with("/2/oauth"));
            let again = catalogue::find(&method, url.path());
            prop_assert!(forward || matches!(again, Found::Operation(operation, _) if operation == plan.operation));
        }
    }
}
