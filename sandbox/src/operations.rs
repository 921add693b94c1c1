//! Every operation of X's API v2, from `data/operations.tsv`; those without state of their own answer with an echo.

use std::sync::LazyLock;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::caller::{Access, Kind};
use crate::endpoints::{ENDPOINTS, Endpoint, Handler};
use crate::entropy::sha256_hex;

/// One operation of X.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// HTTP method.
    pub method: Method,
    /// Path as X's OpenAPI file writes it.
    pub path: &'static str,
    /// Kinds of credentials it takes; none: it is open.
    pub(crate) kinds: Vec<Kind>,
    /// Scopes that an OAuth 2.0 user needs, in alphabetical order.
    pub scopes: Vec<&'static str>,
    /// Status of success.
    pub status: StatusCode,
    /// Whether the answer is an endless stream.
    pub streams: bool,
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let lines = include_str!("../data/operations.tsv").lines();
    lines.filter(|line| !line.starts_with('#')).skip(1).filter_map(parse).collect()
});

static ECHOES: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
    let without_state = all().iter().filter(|operation| emulated(operation).is_none());
    without_state.map(Operation::echo).collect()
});

/// Every operation of X that the sandbox knows, which is every one that is answered.
pub fn all() -> &'static [Operation] {
    &OPERATIONS
}

/// Endpoints of the operations that are not emulated with state.
pub(crate) fn echoes() -> &'static [Endpoint] {
    &ECHOES
}

impl Operation {
    /// The kinds of credentials it takes, by their names in the ledger.
    pub fn credentials(&self) -> Vec<&'static str> {
        self.kinds.iter().map(|kind| kind.name()).collect()
    }

    /// Whether the sandbox keeps state for it; else it answers with an echo.
    pub fn is_emulated(&self) -> bool {
        emulated(self).is_some()
    }

    fn echo(&'static self) -> Endpoint {
        let access = if self.kinds.is_empty() { Access::Open } else { Access::Of(&self.kinds, &self.scopes) };
        let handler = if self.streams { Handler::Stream } else { Handler::Echo(self.status) };
        Endpoint { method: self.method.clone(), path: self.path, access, handler }
    }
}

/// What an operation without state answers: the request as it was understood.
///
/// # Errors
/// None: it is an [`Outcome`] because every endpoint's answer is one.
#[expect(clippy::unnecessary_wraps, reason = "answers as every endpoint does")]
pub(crate) fn echo(status: StatusCode, call: &Call) -> Outcome {
    let query: Map<String, Value> = call.query.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let echo = json!({
        "method": call.method.as_str(),
        "path": call.uri.path(),
        "query": query,
        "body_bytes": call.body.len(),
        "body_sha256": sha256_hex(&call.body),
    });
    Ok(Answer::json(status, &json!({ "data": { "echo": echo } })))
}

fn emulated(operation: &Operation) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.method == operation.method && endpoint.path == operation.path)
}

fn parse(line: &'static str) -> Option<Operation> {
    let mut columns = line.split('\t');
    Some(Operation {
        method: columns.next()?.parse().ok()?,
        path: columns.next()?,
        kinds: columns.next()?.split('|').filter_map(Kind::named).collect(),
        scopes: columns.next()?.split_whitespace().collect(),
        status: columns.next()?.parse().ok()?,
        streams: columns.next()? == "stream",
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_an_operation_and_none_comes_twice() {
        let lines = include_str!("../data/operations.tsv").lines().filter(|line| !line.starts_with('#')).count() - 1;
        let distinct: HashSet<_> = all().iter().map(|operation| (&operation.method, operation.path)).collect();
        assert_eq!((all().len(), distinct.len()), (lines, lines));
    }

    #[test]
    fn an_endpoint_with_state_takes_what_the_table_says() {
        let mut checked = 0;
        for operation in all() {
            let Some(endpoint) = emulated(operation) else { continue };
            let Access::Of(kinds, scopes) = endpoint.access else { panic!("{} is open", endpoint.path) };
            let mut scopes = scopes.to_vec();
            scopes.sort_unstable();
            assert_eq!((kinds, scopes), (&operation.kinds[..], operation.scopes.clone()), "{}", endpoint.path);
            checked += 1;
        }
        assert!(checked > 30, "{checked}");
    }
}
