//! The rules of the filtered stream.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::clock::rfc3339;
use crate::refusal;
use crate::state::State;
use crate::tweets::Tweet;
use crate::tweets::page::{self, Page, Sizes};
use crate::tweets::search::Query;

/// A rule: a query, and a name its owner gave it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FilterRule {
    id: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
}

/// All rules, in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    rules: Vec<FilterRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Update {
    #[serde(default)]
    add: Vec<Addition>,
    delete: Option<Deletion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Addition {
    value: String,
    tag: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deletion {
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    values: Vec<String>,
}

impl Filter {
    /// Whether there is no rule.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// `id` and `tag` of the rules that `tweet` matches; `None` when there are rules and it matches none.
    pub(crate) fn matching(&self, state: &State, tweet: &Tweet) -> Option<Vec<Value>> {
        let matching = self.rules.iter().filter(|rule| Query::parse(&rule.value).matches(state, tweet));
        let named: Vec<Value> = matching.map(FilterRule::named).collect();
        (self.is_empty() || !named.is_empty()).then_some(named)
    }

    fn with_value(&self, value: &str) -> Option<&FilterRule> {
        self.rules.iter().find(|rule| rule.value == value)
    }
}

impl FilterRule {
    fn named(&self) -> Value {
        let mut named = Map::new();
        named.insert("id".to_owned(), json!(self.id));
        named.extend(self.tag.as_ref().map(|tag| ("tag".to_owned(), json!(tag))));
        Value::Object(named)
    }
}

/// `GET /2/tweets/search/stream/rules`
pub(crate) fn list(state: &mut State, call: &Call) -> Outcome {
    let page = Page::asked(call, Sizes { low: 1, high: 1000, default: 1000 })?;
    let asked: Option<Vec<&str>> = call.query("ids").map(|ids| ids.split(',').collect());
    let is_asked = |rule: &&FilterRule| asked.as_ref().is_none_or(|ids| ids.contains(&rule.id.as_str()));
    let (rules, next) = page.cut(state.streams.filter.rules.iter().filter(is_asked));
    let mut meta = page::meta(rules.len(), next);
    meta.insert("sent".to_owned(), json!(rfc3339(state.now_ms())));
    Ok(page::answer(rules.into_iter().map(|rule| json!(rule)).collect(), meta, None))
}

/// `POST /2/tweets/search/stream/rules`: adds or deletes; `dry_run=true` changes nothing.
pub(crate) fn update(state: &mut State, call: &Call) -> Outcome {
    if call.query("delete_all") == Some("true") {
        return Ok(delete(state, call, |_| true));
    }
    match serde_json::from_slice::<Update>(&call.body) {
        Ok(Update { add, delete: None }) if !add.is_empty() => Ok(self::add(state, call, add)),
        Ok(Update { add, delete: Some(deletion) }) if add.is_empty() => {
            Ok(delete(state, call, |rule| deletion.ids.contains(&rule.id) || deletion.values.contains(&rule.value)))
        }
        _ => refusal::invalid("add", "", "Exactly one of `add` and `delete` must be given").refused(),
    }
}

fn add(state: &mut State, call: &Call, additions: Vec<Addition>) -> Answer {
    let (mut created, mut errors) = (Vec::new(), Vec::new());
    for Addition { value, tag } in additions {
        match state.streams.filter.with_value(&value) {
            Some(known) => errors.push(duplicate(known)),
            None => created.push(create(state, call, value, tag)),
        }
    }
    let (made, refused) = (created.len(), errors.len());
    let summary = json!({ "created": made, "not_created": refused, "valid": made, "invalid": refused });
    let mut body = Map::new();
    body.extend((made > 0).then(|| ("data".to_owned(), json!(created))));
    body.insert("meta".to_owned(), json!({ "sent": rfc3339(state.now_ms()), "summary": summary }));
    body.extend((refused > 0).then(|| ("errors".to_owned(), json!(errors))));
    Answer::ok(&body)
}

fn create(state: &mut State, call: &Call, value: String, tag: Option<String>) -> FilterRule {
    let now = state.now_ms();
    let rule = FilterRule { id: state.tweets.next_id(now).to_string(), value, tag };
    if !is_dry(call) {
        state.streams.filter.rules.push(rule.clone());
        state.commit("rule.create", None, json!({ "rule_id": rule.id, "value": rule.value }));
    }
    rule
}

fn delete(state: &mut State, call: &Call, is_meant: impl Fn(&FilterRule) -> bool) -> Answer {
    let meant: Vec<String> =
        state.streams.filter.rules.iter().filter(|rule| is_meant(rule)).map(|rule| rule.id.clone()).collect();
    for id in meant.iter().filter(|_| !is_dry(call)) {
        state.streams.filter.rules.retain(|rule| rule.id != *id);
        state.commit("rule.delete", None, json!({ "rule_id": id }));
    }
    let summary = json!({ "deleted": meant.len(), "not_deleted": 0 });
    Answer::ok(&json!({ "meta": { "sent": rfc3339(state.now_ms()), "summary": summary } }))
}

fn is_dry(call: &Call) -> bool {
    call.query("dry_run") == Some("true")
}

fn duplicate(known: &FilterRule) -> Value {
    json!({
        "value": known.value,
        "id": known.id,
        "title": "DuplicateRule",
        "type": "https://api.twitter.com/2/problems/duplicate-rules",
    })
}
