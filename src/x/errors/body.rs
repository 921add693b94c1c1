//! The body of an answer, whatever its shape: a problem, a list of problems, v1, OAuth, or no JSON at all.

use serde_json::{Map, Value};

use super::Answer;

/// The longest `detail` passed on, in characters.
const LONGEST_DETAIL: usize = 500;

/// What a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Html,
    Text,
    Empty,
}

/// All of a body that says something about a failure.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) format: Format,
    pub(super) title: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) code: Option<u64>,
    pub(super) oauth: Option<String>,
    pub(super) issue: Option<String>,
    pub(super) parameter: Option<String>,
    pub(super) reset_date: Option<String>,
    pub(super) has_data: bool,
    pub(super) has_errors: bool,
    pub(super) media_failed: bool,
    /// All wording, most specific first.
    wording: Vec<String>,
}

impl Facts {
    /// Reads the body of `answer`. Members of unexpected types count as absent.
    pub(super) fn read(answer: &Answer<'_>) -> Self {
        match serde_json::from_slice::<Map<String, Value>>(answer.body) {
            Ok(object) => Self::of(&object),
            Err(_) => Self { format: format(answer), ..Self::of(&Map::new()) },
        }
    }

    fn of(object: &Map<String, Value>) -> Self {
        let errors: Vec<&Map<String, Value>> =
            object.get("errors").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).collect();
        let first = |key: &str| errors.iter().find_map(|error| error.get(key));
        let either = |key: &str| object.get(key).or_else(|| first(key)).and_then(Value::as_str).map(str::to_owned);
        let data = object.get("data").filter(|data| !data.is_null());
        Self {
            format: Format::Json,
            title: either("title"),
            kind: either("type").as_deref().and_then(kind),
            code: first("code").or_else(|| object.get("code")).and_then(Value::as_u64),
            oauth: object.get("error").and_then(Value::as_str).map(str::to_owned),
            issue: either("connection_issue"),
            parameter: parameter(&errors),
            reset_date: either("reset_date"),
            has_data: data.is_some(),
            has_errors: !errors.is_empty() || data.is_some_and(has_failed_kills),
            media_failed: data.and_then(|data| data.pointer("/processing_info/state")).is_some_and(|s| s == "failed"),
            wording: wording(object, &errors),
        }
    }

    /// Whether X's words contain `words`.
    pub(super) fn say(&self, words: &str) -> bool {
        self.wording.iter().any(|text| text.contains(words))
    }

    /// X's most specific words, fit to be shown.
    pub(super) fn detail(&self) -> Option<String> {
        let words = self.wording.first()?;
        Some(words.chars().filter(|c| !c.is_control()).take(LONGEST_DETAIL).collect())
    }
}

/// The format of a body that is no JSON object. A JSON content type over anything else is not believed.
fn format(answer: &Answer<'_>) -> Format {
    let body = answer.body.trim_ascii();
    match answer.content_type {
        _ if body.is_empty() => Format::Empty,
        Some(content_type) if content_type.trim_start().to_ascii_lowercase().starts_with("text/html") => Format::Html,
        None if body.starts_with(b"<") => Format::Html,
        _ => Format::Text,
    }
}

/// The last path segment of a problem type.
fn kind(uri: &str) -> Option<String> {
    let (_, segment) = uri.trim_end_matches('/').rsplit_once('/')?;
    Some(segment.to_owned())
}

/// The words of the single errors before those of the whole, which often only say that there are errors.
fn wording(object: &Map<String, Value>, errors: &[&Map<String, Value>]) -> Vec<String> {
    let media = object.get("data").and_then(|data| data.pointer("/processing_info/error/message"));
    let single = errors.iter().flat_map(|error| ["message", "detail"].map(|key| error.get(key))).flatten();
    let whole = ["detail", "error_description", "message"].map(|key| object.get(key)).into_iter().flatten();
    media.into_iter().chain(single).chain(whole).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The name of the first refused parameter: a member of `parameters`, or the value of `parameter`.
fn parameter(errors: &[&Map<String, Value>]) -> Option<String> {
    let named = |error: &&Map<String, Value>| {
        let among = error.get("parameters").and_then(Value::as_object).and_then(|all| all.keys().next().cloned());
        among.or_else(|| error.get("parameter").and_then(Value::as_str).map(str::to_owned))
    };
    errors.iter().find_map(named)
}

/// `DELETE /2/connections` counts its failures instead of listing them as errors.
fn has_failed_kills(data: &Value) -> bool {
    data.get("failed_kills").and_then(Value::as_u64).is_some_and(|count| count > 0)
}
