//! Every endpoint of X that perch knows, and the one that a method and a path mean.
//!
//! The truth is `catalogue/operations.tsv`; the build script makes statics of it. A path is found by walking a tree of segments,
//! in which literals win over parameters. Nothing is allocated, and nothing of the path reaches X but values that were checked.

mod unknown;
mod values;

pub use values::{Values, is_value};

use super::operation::{Auth, BodyKind, Operation};
use crate::domain::{breaker::Group, retry::Effect};

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// A segment of the templates, and what follows it.
struct Node {
    /// The literal; empty for a parameter.
    text: &'static str,
    /// The literals that may follow, sorted.
    literals: &'static [Node],
    /// What follows if any value does.
    parameter: Option<&'static Node>,
    /// The operations of the path that ends here.
    operations: &'static [Operation],
}

/// `count` operations, from the one with index `first`.
const fn at(first: usize, count: usize) -> &'static [Operation] {
    OPERATIONS.split_at(first).1.split_at(count).0
}

/// What a method and a path mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'p> {
    /// An operation, with the values of its template's parameters.
    Operation(&'static Operation, Values<'p>),
    /// The path is X's, but not with this method: the operations it has.
    OtherMethods(&'static [Operation]),
    /// The path is X's, but what stands in place of this parameter cannot be a value of it.
    BadValue(&'static str),
    /// No operation has this path.
    Nothing,
}

/// Every operation, those of one path side by side.
pub fn all() -> &'static [Operation] {
    &OPERATIONS
}

/// What stands for an endpoint that X may have and the catalogue has not: one for each method.
pub fn unknown() -> &'static [Operation] {
    &unknown::UNKNOWN
}

/// The operation called `name`, also one that stands for an unknown endpoint.
pub fn named(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().chain(unknown()).find(|operation| operation.name == name)
}

/// Finds the operation that `method` and `path` mean. `path` is as it came in the request's head, without the query.
pub fn find<'p>(method: &str, path: &'p str) -> Found<'p> {
    let place = path.strip_prefix("/2/").and_then(|path| walk(&ROOT, path, Values::default()));
    let Some((operations, values)) = place else {
        return Found::Nothing;
    };
    let Some(operation) = operations.iter().find(|operation| operation.has_method(method)) else {
        return Found::OtherMethods(operations);
    };
    match values.iter().position(|value| !values::is_value(value)) {
        Some(bad) => Found::BadValue(operation.parameters().nth(bad).unwrap_or_default()),
        None => Found::Operation(operation, values),
    }
}

/// The operations at the end of `path` below `node`, and the values on the way. No deeper than the longest template.
fn walk<'p>(node: &'static Node, path: &'p str, values: Values<'p>) -> Option<(&'static [Operation], Values<'p>)> {
    let (segment, rest) = match path.split_once('/') {
        Some((segment, rest)) => (segment, Some(rest)),
        None => (path, None),
    };
    let enter = |node: &'static Node, values| match rest {
        Some(rest) => walk(node, rest, values),
        None => (!node.operations.is_empty()).then_some((node.operations, values)),
    };
    let literal = node.literals.binary_search_by(|literal| literal.text.cmp(segment)).ok();
    let by_literal = literal.and_then(|at| node.literals.get(at)).and_then(|literal| enter(literal, values));
    by_literal.or_else(|| enter(node.parameter?, values.and(segment)?))
}

/// The URL of `operation` under `base`, which is scheme and host without a slash at the end.
///
/// Scheme, host and port are the base's and the path is the template's, whatever the client sent: [`find`] has checked the
/// `values`. `query` goes to X as it came; it is visible ASCII without `#`.
pub fn url(operation: &Operation, values: &Values<'_>, query: Option<&str>, base: &str) -> String {
    let query_length = query.map_or(0, |query| query.len() + 1);
    let mut url = String::with_capacity(base.len() + operation.name.len() + values.length() + query_length);
    url.push_str(base);
    let mut values = values.iter();
    for segment in operation.template().split('/').skip(1) {
        url.push('/');
        url.push_str(if segment.starts_with('{') { values.next().unwrap_or_default() } else { segment });
    }
    if let Some(query) = query {
        url.push('?');
        url.push_str(query);
    }
    url
}

#[cfg(test)]
mod tests;
