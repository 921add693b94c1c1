//! The table of operations against the specification.

use std::collections::BTreeSet;

use perch_sandbox::operations::{self, Operation};

use super::spec::Spec;

/// Operations of a later specification.
const LATER: [(&str, &str); 3] = [("GET", "/2/account"), ("POST", "/2/account"), ("GET", "/2/usage/credits")];

/// What is said of one operation: credentials, scopes, whether its status is the specified one.
type Said = (BTreeSet<String>, BTreeSet<String>, bool);

#[test]
fn every_operation_is_served_and_takes_what_the_specification_says() {
    let Some(spec) = Spec::load() else {
        println!("skipped: {} is absent", Spec::path().display());
        return;
    };
    let served = |(method, path): &(String, String)| find(method, path).is_some();
    let specified = spec.operations();
    assert!(specified.len() > 150);
    let missing: Vec<_> = specified.iter().filter(|operation| !served(operation)).collect();
    assert!(missing.is_empty(), "not served: {missing:?}");
    for operation in operations::all() {
        let (method, path) = (operation.method.as_str(), operation.path);
        if LATER.contains(&(method, path)) {
            continue;
        }
        let (credentials, scopes) = (spec.credentials(method, path), spec.scopes(method, path));
        let expected = (credentials, scopes, true);
        let streams = spec.streams(method, path);
        assert_eq!(said(operation, &spec), expected, "{method} {path}");
        assert_eq!(operation.streams, streams, "{method} {path}");
    }
}

fn said(operation: &Operation, spec: &Spec) -> Said {
    let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
    let status = spec.knows_status(operation.method.as_str(), operation.path, operation.status.as_u16());
    (owned(&operation.credentials()), owned(&operation.scopes), status)
}

fn find(method: &str, path: &str) -> Option<&'static Operation> {
    operations::all().iter().find(|operation| operation.method.as_str() == method && operation.path == path)
}
