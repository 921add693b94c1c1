//! X's OpenAPI file as a judge of answers.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// X's OpenAPI 3.0 file, with its schemas turned into JSON Schema (draft 4) and closed.
pub(crate) struct Spec {
    document: Value,
}

impl Spec {
    /// Where the file lies: beside the workspace, never in it.
    pub(crate) fn path() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/x/openapi-2.167.json")
    }

    /// Reads the file; `None` when it is absent.
    pub(crate) fn load() -> Option<Self> {
        let text = std::fs::read_to_string(Self::path()).ok()?;
        let mut document = serde_json::from_str(&text).unwrap();
        as_draft4(&mut document);
        Some(Self { document })
    }

    /// Whether X has this operation.
    pub(crate) fn knows(&self, method: &str, path: &str) -> bool {
        !self.operation(method, path).is_null()
    }

    /// What is wrong with a successful answer, each fault with its place; empty when nothing is.
    pub(crate) fn faults(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
        let response = &self.operation(method, path)["responses"][status.to_string()];
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_null() {
            return vec![format!("status {status} is not in the specification")];
        }
        self.validate(schema, body)
    }

    /// What is wrong with a problem, by the schema of its type.
    pub(crate) fn problem_faults(&self, body: &Value) -> Vec<String> {
        self.validate(&json!({"$ref": "#/components/schemas/Problem"}), body)
    }

    /// Every operation: its method and its path.
    pub(crate) fn operations(&self) -> Vec<(String, String)> {
        let paths = self.document["paths"].as_object().unwrap().iter();
        let all = paths.flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone()))
        });
        all.filter(|(method, _)| ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str())).collect()
    }

    /// The kinds of credentials an operation takes, by their names in the ledger.
    pub(crate) fn credentials(&self, method: &str, path: &str) -> BTreeSet<String> {
        let name = |scheme: &str| match scheme {
            "OAuth2UserToken" => "oauth2_user".to_owned(),
            "UserToken" => "oauth1_user".to_owned(),
            "BearerToken" => "app_bearer".to_owned(),
            other => other.to_owned(),
        };
        self.security(method, path).map(|(scheme, _)| name(scheme)).collect()
    }

    /// The scopes an OAuth 2.0 user needs.
    pub(crate) fn scopes(&self, method: &str, path: &str) -> BTreeSet<String> {
        let lists = self.security(method, path).filter_map(|(_, scopes)| scopes.as_array());
        lists.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Whether an operation may answer with `status`.
    pub(crate) fn knows_status(&self, method: &str, path: &str, status: u16) -> bool {
        !self.operation(method, path)["responses"][status.to_string()].is_null()
    }

    /// Whether an operation answers without end.
    pub(crate) fn streams(&self, method: &str, path: &str) -> bool {
        self.operation(method, path)["x-twitter-streaming"] == json!(true)
    }

    fn security(&self, method: &str, path: &str) -> impl Iterator<Item = (&String, &Value)> {
        let choices = self.operation(method, path)["security"].as_array();
        choices.into_iter().flatten().filter_map(Value::as_object).flatten()
    }

    fn operation(&self, method: &str, path: &str) -> &Value {
        &self.document["paths"][path][method.to_lowercase()]
    }

    fn validate(&self, schema: &Value, body: &Value) -> Vec<String> {
        let errors = self.validator(schema);
        errors.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn validator(&self, schema: &Value) -> Validator {
        let rooted = json!({"allOf": [schema], "components": self.document["components"]});
        jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true).build(&rooted).unwrap()
    }
}

/// Turns OpenAPI 3.0 schemas into draft 4 ones, wherever they stand, and makes them say what X's prose says: an object
/// that names its members has no others.
fn as_draft4(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(as_draft4),
        Value::Object(members) => {
            members.values_mut().for_each(as_draft4);
            close(members);
            if members.remove("nullable") == Some(Value::Bool(true)) {
                *value = json!({"anyOf": [members.clone(), {"type": "null"}]});
            }
        }
        _ => {}
    }
}

fn close(schema: &mut Map<String, Value>) {
    let names_members = schema.get("type") == Some(&json!("object")) && schema.contains_key("properties");
    let is_empty = schema.get("properties").and_then(Value::as_object).is_some_and(Map::is_empty);
    if names_members && !is_empty {
        schema.entry("additionalProperties").or_insert(json!(false));
    }
}
