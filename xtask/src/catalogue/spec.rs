//! The operations in X's OpenAPI file.

use super::table::NOTHING;
use anyhow::{Context, Result};
use serde_json::Value;

/// One operation's cells, in the order of [`super::table::FROM_SPEC`].
pub(super) type Cells = [String; 9];

/// The file's own version.
pub(super) fn version(spec: &Value) -> Result<&str> {
    text(spec, "/info/version")
}

/// Every operation of the file.
pub(super) fn operations(spec: &Value) -> Result<Vec<Cells>> {
    let paths = spec.get("paths").and_then(Value::as_object).context("the OpenAPI file has no paths")?;
    let mut operations = Vec::new();
    for (template, path) in paths {
        let methods = path.as_object().into_iter().flatten().filter(|(key, _)| METHODS.contains(&key.as_str()));
        for (method, operation) in methods {
            let cells = cells(spec, method, template, operation);
            operations.push(cells.with_context(|| format!("in {method} {template}"))?);
        }
    }
    Ok(operations)
}

/// The keys of a path that are methods.
const METHODS: [&str; 5] = ["delete", "get", "patch", "post", "put"];

fn cells(spec: &Value, method: &str, template: &str, operation: &Value) -> Result<Cells> {
    Ok([
        method.to_uppercase(),
        template.to_owned(),
        text(operation, "/operationId")?.to_owned(),
        auth(operation),
        scopes(operation),
        params(spec, operation)?,
        success(operation)?,
        body(operation).to_owned(),
        if operation.get("x-twitter-streaming") == Some(&Value::Bool(true)) { "stream" } else { NOTHING }.to_owned(),
    ])
}

fn text<'v>(value: &'v Value, pointer: &str) -> Result<&'v str> {
    value.pointer(pointer).and_then(Value::as_str).with_context(|| format!("no {pointer}"))
}

fn members<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// X writes the alternatives of a credential as one object each.
fn auth(operation: &Value) -> String {
    let takes = |scheme: &str| members(operation, "security").any(|one| one.get(scheme).is_some());
    let kinds = [("app", "BearerToken"), ("oauth2", "OAuth2UserToken"), ("oauth1", "UserToken")];
    let named: Vec<&str> = kinds.into_iter().filter(|(_, scheme)| takes(scheme)).map(|(kind, _)| kind).collect();
    if named.is_empty() { "none".to_owned() } else { named.join("|") }
}

fn scopes(operation: &Value) -> String {
    let named = members(operation, "security").flat_map(|one| members(one, "OAuth2UserToken"));
    let mut scopes: Vec<&str> = named.filter_map(Value::as_str).collect();
    scopes.sort_unstable();
    listed(&scopes)
}

fn params(spec: &Value, operation: &Value) -> Result<String> {
    let mut names = Vec::new();
    for parameter in members(operation, "parameters") {
        let parameter = match parameter.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                spec.pointer(reference.trim_start_matches('#')).with_context(|| format!("no {reference}"))?
            }
            None => parameter,
        };
        if text(parameter, "/in")? == "query" {
            names.push(text(parameter, "/name")?);
        }
    }
    Ok(listed(&names))
}

fn success(operation: &Value) -> Result<String> {
    let responses = operation.get("responses").and_then(Value::as_object);
    let status = responses.into_iter().flatten().map(|(status, _)| status).find(|status| status.starts_with('2'));
    status.cloned().context("no status of success")
}

/// Media come as base64 in JSON or as multipart: X lists both.
fn body(operation: &Value) -> &'static str {
    match operation.pointer("/requestBody/content").and_then(Value::as_object) {
        None => NOTHING,
        Some(types) if types.contains_key("multipart/form-data") => "media",
        Some(_) => "json",
    }
}

fn listed(words: &[&str]) -> String {
    if words.is_empty() { NOTHING.to_owned() } else { words.join(" ") }
}
