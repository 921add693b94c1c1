//! The catalogue beside what X publishes: its OpenAPI file, and its pages of endpoints, rate limits and prices. Those files are
//! not part of perch; where they are absent, the tests say that they skip.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use perch::x::{
    catalogue,
    operation::{BodyKind, Operation},
};
use serde_json::Value;

/// One of the files, if it is there.
fn published(name: &str) -> Option<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/x").join(name)).ok();
    if text.is_none() {
        println!("skipped: {name} is not there");
    }
    text
}

/// The lines of a table, by its columns.
fn rows(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t'));
    let columns: Vec<&str> = lines.next().unwrap().collect();
    lines.map(|cells| columns.iter().copied().zip(cells).collect()).collect()
}

fn by_name() -> BTreeMap<&'static str, &'static Operation> {
    catalogue::all().iter().map(|operation| (operation.name, operation)).collect()
}

/// The words for credentials in the published files, by what an operation takes.
fn credentials<'w>(operation: &Operation, [app, oauth2, oauth1]: [&'w str; 3]) -> BTreeSet<&'w str> {
    let auth = operation.auth;
    let taken = [(auth.app(), app), (auth.oauth2(), oauth2), (auth.oauth1(), oauth1)];
    taken.into_iter().filter(|(takes, _)| *takes).map(|(_, word)| word).collect()
}

#[test]
fn it_has_every_endpoint_and_no_other() {
    let Some(text) = published("endpoints.tsv") else { return };
    let (rows, operations) = (rows(&text), by_name());
    assert_eq!((rows.len(), operations.len()), (181, 181));
    for row in rows {
        let name = format!("{} {}", row["method"], row["path"]);
        let operation = operations[name.as_str()];
        let kinds: BTreeSet<&str> = row["auth"].split('|').filter(|kind| *kind != "none").collect();
        assert_eq!(credentials(operation, ["app-bearer", "oauth2-user", "oauth1a-user"]), kinds, "{name}");
        let scopes: BTreeSet<&str> = row["oauth2_scopes"].split_whitespace().collect();
        assert_eq!(operation.scopes.iter().copied().collect::<BTreeSet<_>>(), scopes, "{name}");
        assert_eq!(operation.streams, row["streaming"] == "stream", "{name}");
        let params = row["params"].split(' ').filter_map(|param| param.trim_start_matches('!').strip_prefix("q:"));
        assert_eq!(operation.params.split_whitespace().collect::<Vec<_>>(), params.collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn it_says_what_xs_openapi_file_says() {
    let Some(text) = published("openapi-2.167.json") else { return };
    let spec: Value = serde_json::from_str(&text).unwrap();
    let mut operations = by_name();
    for (template, path) in spec["paths"].as_object().unwrap() {
        for (method, said) in path.as_object().unwrap() {
            let operation = operations.remove(format!("{} {template}", method.to_uppercase()).as_str()).unwrap();
            holds(operation, said);
        }
    }
    let newer = ["GET /2/account", "GET /2/usage/credits", "POST /2/account"];
    assert_eq!(operations.into_keys().collect::<Vec<_>>(), newer, "what the file lacks");
}

fn holds(operation: &Operation, said: &Value) {
    let name = operation.name;
    let security: Vec<&Value> = said["security"].as_array().into_iter().flatten().collect();
    let kinds: BTreeSet<&str> =
        security.iter().flat_map(|one| one.as_object().unwrap().keys().map(String::as_str)).collect();
    assert_eq!(credentials(operation, ["BearerToken", "OAuth2UserToken", "UserToken"]), kinds, "{name}");
    let scopes = security.iter().filter_map(|one| one["OAuth2UserToken"].as_array()).flatten();
    let scopes: BTreeSet<&str> = scopes.map(|scope| scope.as_str().unwrap()).collect();
    assert_eq!(operation.scopes.iter().copied().collect::<BTreeSet<_>>(), scopes, "{name}");
    let answers: Vec<&str> = said["responses"].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(answers.contains(&operation.success.to_string().as_str()), "{name}: {answers:?}");
    assert_eq!(operation.streams, said["x-twitter-streaming"] == true, "{name}");
    let bodies = said["requestBody"]["content"].as_object();
    let kind = match bodies {
        None => BodyKind::None,
        Some(types) if types.contains_key("multipart/form-data") => BodyKind::Media,
        Some(_) => BodyKind::Json,
    };
    assert_eq!(operation.body, kind, "{name}");
}

#[test]
fn it_has_the_limits_that_x_publishes_and_no_other() {
    let Some(text) = published("rate-limits.tsv") else { return };
    let limits = |cell: &str| -> Vec<(u32, u32)> {
        let window = |word: &str| {
            let (count, seconds) = word.trim_end_matches('s').split_once('/').unwrap();
            (count.parse().unwrap(), seconds.parse().unwrap())
        };
        cell.split_whitespace().map(window).collect()
    };
    let mut operations = by_name();
    let rows = rows(&text);
    for row in rows.iter().filter(|row| !row["spec_path"].is_empty()) {
        let name = format!("{} {}", row["method"], row["spec_path"]);
        let operation = operations.remove(name.as_str()).unwrap();
        assert_eq!(operation.limits, limits(row["per_user_parsed"]), "{name}");
        assert_eq!(operation.app_limits, limits(row["per_app_parsed"]), "{name}");
    }
    for operation in operations.into_values() {
        assert!(operation.limits.is_empty() && operation.app_limits.is_empty(), "{}", operation.name);
    }
}

#[test]
fn it_charges_by_the_units_that_x_publishes() {
    let Some(text) = published("prices.tsv") else { return };
    // What a tweet's text makes dearer or cheaper, and what an account's own objects cost, is seen when it is charged.
    let refined = ["owned_read", "post_create_url", "post_create_summoned"];
    let mut units = BTreeMap::new();
    for row in rows(&text).into_iter().filter(|row| !refined.contains(&row["key"])) {
        let (key, charged) = (row["key"].to_owned(), row["applies_to"].to_owned());
        units.extend(charged.split("; ").map(|operation| (operation.to_owned(), key.clone())));
    }
    for operation in catalogue::all() {
        assert_eq!(operation.price, units.get(operation.name).map(String::as_str), "{}", operation.name);
    }
}
