//! The path gate, and what the relay makes of the paths it lets through.
//!
//! An input is `METHOD target`, as in the first line of a request.

use http::{Method, Request, request::Parts};
use percent_encoding::percent_decode_str;
use perch::{
    config::UnknownEndpoints,
    gateway::path_gate,
    relay::{
        self,
        plan::{Plan, plan},
    },
    x::catalogue,
};
use url::{Url, form_urlencoded};

/// A path that passes has one reading: to the WHATWG parser it is, byte for byte, what it was, on the same host, and the query has
/// the same parameters. What the relay then makes of it goes to that very path, which is an endpoint of the catalogue unless
/// others are forwarded, and in neither case has to do with signing in.
pub fn check(input: &[u8]) {
    let Some((method, target)) = str::from_utf8(input).ok().and_then(|text| text.split_once(' ')) else {
        return;
    };
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    if path_gate::admit(path, query).is_err() {
        return;
    }
    has_one_reading(target, path, query);
    let (Ok(method), true) = (Method::from_bytes(method.as_bytes()), relay::is_for(path)) else {
        return;
    };
    if let Some(head) = head(method, target) {
        assert_eq!((head.uri.path(), head.uri.query()), (path, query), "the head says something else");
        goes_where_it_may(&head, UnknownEndpoints::Refuse);
        goes_where_it_may(&head, UnknownEndpoints::Forward);
    }
}

fn has_one_reading(target: &str, path: &str, query: Option<&str>) {
    let alone = url_of(target);
    let joined = Url::parse("https://api.x.com/2/tweets?a=b").and_then(|url| url.join(target)).expect("it joins");
    for url in [alone, joined] {
        assert_eq!((url.scheme(), url.host_str(), url.port()), ("https", Some("api.x.com"), None), "{target}");
        assert_eq!((url.username(), url.password(), url.fragment()), ("", None, None), "{target}");
        assert_eq!(url.path(), path);
        let raw = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        assert!(url.query_pairs().eq(raw), "{target}: other parameters");
    }
}

fn goes_where_it_may(head: &Parts, unknown: UnknownEndpoints) {
    let Ok(plan) = plan(head, unknown) else {
        return;
    };
    let (path, query) = (head.uri.path(), head.uri.query());
    let url = url_of(&plan.target);
    assert_eq!(url.path(), path);
    assert_eq!(plan.target, query.map_or(path.to_owned(), |query| format!("{path}?{query}")));
    assert_eq!(plan.operation.method(), head.method.as_str());
    let decoded = percent_decode_str(path).decode_utf8_lossy().to_ascii_lowercase();
    assert!(!decoded.starts_with("/2/oauth"), "{path} is of signing in");
    assert!(is_of(&plan, path) || is_forwarded(&plan, unknown), "{path} is not {}", plan.operation.name);
}

/// Whether `path` is one of the planned operation, and this one of the catalogue.
fn is_of(plan: &Plan, path: &str) -> bool {
    let (template, given) = (plan.operation.template().split('/'), path.split('/'));
    catalogue::all().contains(plan.operation)
        && template.clone().count() == given.clone().count()
        && template.zip(given).all(|(segment, given)| segment == given || segment.starts_with('{') && !given.is_empty())
}

fn is_forwarded(plan: &Plan, unknown: UnknownEndpoints) -> bool {
    unknown == UnknownEndpoints::Forward && plan.operation.template() == "/2/{unknown}"
}

fn head(method: Method, target: &str) -> Option<Parts> {
    let request = Request::builder().method(method).uri(format!("http://127.0.0.1:8787{target}")).body(()).ok()?;
    Some(request.into_parts().0)
}

fn url_of(target: &str) -> Url {
    Url::parse(&format!("https://api.x.com{target}")).expect("it is a URL")
}
