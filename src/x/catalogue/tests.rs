use std::collections::BTreeSet;

use proptest::prelude::*;
use url::Url;

use super::*;

const BASE: &str = "https://api.x.com";

/// A path of `operation`, with `value` for each parameter.
fn path(operation: &Operation, value: &str) -> String {
    let segment = |segment: &'static str| if segment.starts_with('{') { value.to_owned() } else { segment.to_owned() };
    operation.template().split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn found(method: &str, path: &str) -> &'static str {
    match find(method, path) {
        Found::Operation(operation, _) => operation.name,
        other => panic!("{method} {path}: {other:?}"),
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_and_a_line_in_the_table() {
    let names: BTreeSet<&str> = all().iter().map(|operation| operation.name).collect();
    let lines = include_str!("operations.tsv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let written: BTreeSet<String> =
        lines.map(|line| line.splitn(3, '\t').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(names.len(), all().len());
    assert_eq!(names, written.iter().map(String::as_str).collect());
}

#[test]
fn every_operation_is_found_by_its_own_path_and_no_other() {
    for operation in all() {
        for value in ["1346889436626259968", "3_1460323737035677698", "XDevelopers", "1-2", "1YqGodQbNXDxv", "a.jpg"] {
            let path = path(operation, value);
            let Found::Operation(found, values) = find(operation.method(), &path) else {
                panic!("{} {path}", operation.method());
            };
            assert!(std::ptr::eq(found, operation), "{path} is {}, not {}", found.name, operation.name);
            assert_eq!(values.iter().count(), operation.parameters().count());
            assert!(values.iter().all(|one| one == value));
        }
    }
}

#[test]
fn a_literal_wins_over_a_parameter() {
    assert_eq!(found("GET", "/2/users/me"), "GET /2/users/me");
    assert_eq!(found("GET", "/2/users/12"), "GET /2/users/{id}");
    assert_eq!(found("GET", "/2/users/mee"), "GET /2/users/{id}");
    assert_eq!(found("GET", "/2/tweets/search/recent"), "GET /2/tweets/search/recent");
    assert_eq!(found("GET", "/2/users/by/username/jack"), "GET /2/users/by/username/{username}");
    assert_eq!(found("DELETE", "/2/connections/all"), "DELETE /2/connections/all");
    assert_eq!(found("DELETE", "/2/connections/filtered_stream"), "DELETE /2/connections/{endpoint_id}");
    assert_eq!(
        found("GET", "/2/dm_conversations/with/12/dm_events"),
        "GET /2/dm_conversations/with/{participant_id}/dm_events"
    );
}

#[test]
fn a_literal_that_leads_nowhere_may_be_a_value() {
    assert_eq!(found("GET", "/2/users/me/tweets"), "GET /2/users/{id}/tweets");
    assert_eq!(found("GET", "/2/lists/12/tweets"), "GET /2/lists/{id}/tweets");
}

#[test]
fn another_method_is_told_those_there_are() {
    let methods = |method, path| match find(method, path) {
        Found::OtherMethods(operations) => operations.iter().map(Operation::method).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(methods("PATCH", "/2/tweets/12"), ["DELETE", "GET"]);
    assert_eq!(methods("GET", "/2/users/1/likes"), ["POST"]);
    assert_eq!(methods("PUT", "/2/webhooks/replay"), ["POST"], "the literal's methods, not the parameter's");
    assert_eq!(methods("get", "/2/users/me"), ["GET"], "methods have capitals");
    assert_eq!(methods("", "/2/users/me"), ["GET"]);
}

#[test]
fn paths_of_different_parameters_share_a_place() {
    assert_eq!(found("POST", "/2/users/1/following"), "POST /2/users/{id}/following");
    assert_eq!(
        found("DELETE", "/2/users/1/following/2"),
        "DELETE /2/users/{source_user_id}/following/{target_user_id}"
    );
}

#[test]
fn nothing_else_is_found() {
    for path in [
        "",
        "/",
        "/2",
        "/2/",
        "2/tweets",
        "//2/tweets",
        "/2//tweets",
        "/3/tweets",
        "/2/oauth2/token",
        "/oauth/request_token",
        "/2/Tweets",
        "/2/{id}",
        "/2/users/{id}/nothing",
        "/2/users/1/tweets/2/3/4/5/6/7/8/9",
        "/2/users/1/tweets/",
        "/2/%74weets",
        "/2/tweets?",
        "/2/tweets;a=b",
        "/1.1/statuses/update.json",
    ] {
        assert_eq!(find("GET", path), Found::Nothing, "{path}");
    }
}

#[test]
fn a_value_that_could_mean_something_else_is_refused() {
    for value in [
        "",
        ".",
        "..",
        "%2e%2e",
        "1%2f2",
        "1?a",
        "1#a",
        "1;a",
        "1\\2",
        "1 2",
        "{id}",
        "@jack",
        "1,2",
        "\u{e9}",
        "1\0",
        &"1".repeat(129),
    ] {
        let path = format!("/2/tweets/{value}");
        assert_eq!(find("GET", &path), Found::BadValue("id"), "{value:?}");
    }
    assert_eq!(find("DELETE", "/2/users/1/likes/.."), Found::BadValue("tweet_id"));
    assert_eq!(find("DELETE", "/2/users/../likes/1"), Found::BadValue("id"));
}

#[test]
fn credentials_are_those_of_the_table() {
    let taken = |operation: &Operation| (operation.auth.app(), operation.auth.oauth2(), operation.auth.oauth1());
    assert_eq!(taken(CREATE_POSTS), (false, true, true));
    assert_eq!(taken(CREATE_USERS_BOOKMARK), (false, true, false));
    assert_eq!(taken(GET_POSTS_BY_ID), (true, true, true));
    assert_eq!(taken(STREAM_POSTS), (true, false, false));
    assert_eq!(taken(GET_OPEN_API_SPEC), (false, false, false));
}

#[test]
fn reads_are_what_is_gotten_and_only_reads_stream() {
    for operation in all() {
        assert_eq!(operation.effect == Effect::Read, operation.method() == "GET", "{}", operation.name);
        assert!(!operation.streams || operation.group == Group::Streams, "{}", operation.name);
        assert!(operation.effect != Effect::Read || operation.body == BodyKind::None, "{}", operation.name);
    }
    assert_eq!(CREATE_POSTS.effect, Effect::Create);
    assert_eq!(LIKE_POST.effect, Effect::Set);
}

#[test]
fn a_url_has_the_query_as_it_came() {
    let Found::Operation(operation, values) = find("DELETE", "/2/users/12/likes/34") else { panic!() };
    assert_eq!(url(operation, &values, Some("a=b%20c&a=+"), BASE), "https://api.x.com/2/users/12/likes/34?a=b%20c&a=+");
    assert_eq!(url(operation, &values, None, "http://127.0.0.1:8788"), "http://127.0.0.1:8788/2/users/12/likes/34");
}

/// What a client may put where a value stands: mostly what could lead astray.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,12}", "[./%@:\\\\?#0-9a-z-]{0,8}", "[A-Za-z0-9_.:-]{1,128}", any::<String>()]
}

/// Part of a path: a word of X's or a value, mostly behind a slash.
fn segment() -> impl Strategy<Value = String> {
    let words =
        ["/2", "/2/tweets", "/2/users", "/users", "/tweets", "/likes", "/by", "/me", "/1", "/..", "/", "//", ""];
    prop::sample::select(words.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn what_is_found_stays_on_the_host_and_in_its_template(
        which in any::<prop::sample::Index>(),
        hostile in hostile(),
        query in prop::option::of("[!-\"$-~]{0,40}"),
    ) {
        let operation = &all()[which.index(all().len())];
        let path = path(operation, &hostile);
        if let Found::Operation(found, values) = find(operation.method(), &path) {
            let url = url(found, &values, query.as_deref(), BASE);
            let parsed = Url::parse(&url).unwrap();
            prop_assert_eq!(parsed.origin().ascii_serialization(), BASE);
            prop_assert_eq!((parsed.username(), parsed.password(), parsed.fragment()), ("", None, None));
            prop_assert_eq!(parsed.path(), &path);
            prop_assert_eq!(find(operation.method(), parsed.path()), Found::Operation(found, values));
        }
    }

    #[test]
    fn a_path_that_is_found_is_the_path_that_is_sent(
        method in prop::sample::select(vec!["GET", "POST", "PUT", "DELETE"]),
        path in prop_oneof![3 => prop::collection::vec(segment(), 1..6).prop_map(|path| path.concat()), 1 => any::<String>()],
    ) {
        if let Found::Operation(operation, values) = find(method, &path) {
            prop_assert_eq!(url(operation, &values, None, ""), path);
        }
    }
}
