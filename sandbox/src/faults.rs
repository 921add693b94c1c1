//! Faults that wait for requests: which, how often, after how many.

pub(crate) mod bent;
pub(crate) mod body;
pub(crate) mod chance;
pub(crate) mod fault;
pub(crate) mod made;

use serde::{Deserialize, Serialize};

use crate::faults::chance::{Chance, Share};
use crate::faults::fault::Fault;

/// A fault that waits for requests, as the control port takes it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Method it waits for; absent means any.
    #[serde(default)]
    method: Option<String>,
    /// A path, an OpenAPI path with `{names}`, or a prefix that ends in `*`.
    path: String,
    /// How often it is played; absent means until it is cleared.
    #[serde(default)]
    count: Option<u64>,
    /// How many matching requests pass unharmed first.
    #[serde(default)]
    after: u64,
    /// Which share of the matching requests it is played on, 0 to 1; absent means all.
    #[serde(default)]
    share: Share,
    /// Seed of the choice: the same seed chooses the same requests.
    #[serde(default)]
    seed: u64,
    /// What is played.
    pub(crate) fault: Fault,
}

/// A rule in use.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Waiting {
    id: u64,
    #[serde(flatten)]
    rule: Rule,
    /// Times it will still be played; `null` means without end.
    remaining: Option<u64>,
    played: u64,
    #[serde(skip)]
    chance: Chance,
}

/// All faults in use, in the order they were made; the first that matches is played.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<Waiting>,
    last_id: u64,
}

impl Faults {
    /// Adds a rule; gives its id.
    pub(crate) fn add(&mut self, rule: Rule) -> u64 {
        self.last_id += 1;
        let chance = Chance::new(rule.seed);
        self.waiting.push(Waiting { id: self.last_id, remaining: rule.count, rule, played: 0, chance });
        self.last_id
    }

    pub(crate) fn all(&self) -> &[Waiting] {
        &self.waiting
    }

    /// Clears all faults, or the one with this id; gives how many were cleared.
    pub(crate) fn clear(&mut self, id: Option<u64>) -> usize {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| id.is_some_and(|id| waiting.id != id));
        before - self.waiting.len()
    }

    /// The fault for a request, if one waits for it. `template` is the OpenAPI path, `path` the real one.
    pub(crate) fn take(&mut self, method: &str, template: &str, path: &str) -> Option<Fault> {
        for waiting in &mut self.waiting {
            if !waiting.rule.matches(method, template, path) || waiting.remaining == Some(0) {
                continue;
            }
            if waiting.rule.after > 0 {
                waiting.rule.after -= 1;
                continue;
            }
            if !waiting.chance.strikes(waiting.rule.share) {
                continue;
            }
            waiting.remaining = waiting.remaining.map(|left| left - 1);
            waiting.played += 1;
            return Some(waiting.rule.fault.clone());
        }
        None
    }
}

impl Rule {
    fn matches(&self, method: &str, template: &str, path: &str) -> bool {
        let method_fits = self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        let path_fits = match self.path.strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix),
            None => self.path == path || self.path == template,
        };
        method_fits && path_fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Rule {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_fault_waits_and_then_plays_so_often() {
        let mut faults = Faults::default();
        faults.add(rule(r#"{"method":"POST","path":"/2/tweets","after":1,"count":2,"fault":{"kind":"reset"}}"#));
        let mut played = || faults.take("POST", "/2/tweets", "/2/tweets").is_some();
        assert_eq!([played(), played(), played(), played()], [false, true, true, false]);
        assert_eq!(faults.all()[0].played, 2);
        assert_eq!(faults.all()[0].remaining, Some(0));
    }

    #[test]
    fn a_share_leaves_the_others_to_the_next_rule() {
        let mut faults = Faults::default();
        faults.add(rule(r#"{"path":"*","share":0.25,"seed":7,"fault":{"kind":"reset"}}"#));
        faults.add(rule(r#"{"path":"*","fault":{"kind":"html_403"}}"#));
        let played: Vec<_> = (0..1000).filter_map(|_| faults.take("GET", "", "/")).collect();
        let resets = played.iter().filter(|fault| matches!(fault, Fault::Reset {})).count();
        assert_eq!(played.len(), 1000);
        assert!((200..300).contains(&resets), "{resets}");
        assert!(serde_json::from_str::<Rule>(r#"{"path":"*","share":1.5,"fault":{"kind":"reset"}}"#).is_err());
    }

    #[test]
    fn paths_match_exactly_by_template_or_by_prefix() {
        let exact = rule(r#"{"path":"/2/tweets/1","fault":{"kind":"reset"}}"#);
        let template = rule(r#"{"path":"/2/tweets/{id}","fault":{"kind":"reset"}}"#);
        let prefix = rule(r#"{"method":"get","path":"/2/*","fault":{"kind":"reset"}}"#);
        assert!(exact.matches("GET", "/2/tweets/{id}", "/2/tweets/1"));
        assert!(!exact.matches("GET", "/2/tweets/{id}", "/2/tweets/2"));
        assert!(template.matches("DELETE", "/2/tweets/{id}", "/2/tweets/2"));
        assert!(prefix.matches("GET", "/2/tweets/{id}", "/2/tweets/2"));
        assert!(!prefix.matches("POST", "/2/tweets", "/2/tweets"));
    }

    #[test]
    fn cleared_faults_are_gone() {
        let mut faults = Faults::default();
        let first = faults.add(rule(r#"{"path":"*","fault":{"kind":"latency","ms":5}}"#));
        faults.add(rule(r#"{"path":"*","fault":{"kind":"html_403"}}"#));
        assert_eq!(faults.clear(Some(first)), 1);
        assert!(matches!(faults.take("GET", "", "/"), Some(Fault::Html403)));
        assert_eq!(faults.clear(None), 1);
        assert!(faults.take("GET", "", "/").is_none());
    }
}
