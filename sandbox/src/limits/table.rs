//! X's table of rate limits, from `data/rate-limits.tsv`.

use std::collections::HashMap;

const DAY_S: u64 = 86_400;

/// A method and a path as X's OpenAPI file writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Endpoint {
    method: String,
    path: String,
}

impl Endpoint {
    pub(super) fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned() }
    }
}

/// So many calls in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) calls: u32,
    pub(super) seconds: u64,
}

impl Limit {
    /// Reads `100/900s`.
    fn parse(text: &str) -> Option<Self> {
        let (calls, seconds) = text.strip_suffix('s')?.split_once('/')?;
        Some(Self { calls: calls.parse().ok()?, seconds: seconds.parse().ok()? })
    }

    pub(super) fn is_daily(&self) -> bool {
        self.seconds == DAY_S
    }
}

/// The limits of one endpoint, the shortest window first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) per_app: Vec<Limit>,
    pub(super) per_user: Vec<Limit>,
}

/// The limits of every endpoint.
#[derive(Debug, Default)]
pub(super) struct Table(HashMap<Endpoint, Row>);

impl Table {
    pub(super) fn load() -> Self {
        let lines = include_str!("../../data/rate-limits.tsv").lines();
        let rows = lines.filter(|line| !line.starts_with('#')).skip(1);
        Self(rows.filter_map(parse_row).collect())
    }

    pub(super) fn row(&self, endpoint: &Endpoint) -> Option<&Row> {
        self.0.get(endpoint)
    }
}

/// Reads a line, unless its endpoint is missing from X's OpenAPI file.
fn parse_row(line: &str) -> Option<(Endpoint, Row)> {
    let mut columns = line.split('\t');
    let method = columns.next()?;
    let path = columns.nth(1).filter(|path| !path.is_empty())?;
    let per_app = parse_limits(columns.nth(2)?);
    let per_user = parse_limits(columns.next()?);
    Some((Endpoint::new(method, path), Row { per_app, per_user }))
}

fn parse_limits(column: &str) -> Vec<Limit> {
    let mut limits: Vec<Limit> = column.split(' ').filter_map(Limit::parse).collect();
    limits.sort_by_key(|limit| limit.seconds);
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_with_a_path_of_the_specification_is_read() {
        let table = Table::load();
        assert_eq!(table.0.len(), 106);
        assert!(table.0.values().all(|row| !row.per_app.is_empty() || !row.per_user.is_empty()));
    }

    #[test]
    fn a_row_holds_its_windows_in_order() {
        let table = Table::load();
        let likes = table.row(&Endpoint::new("POST", "/2/users/{id}/likes"));
        let per_user = vec![Limit { calls: 50, seconds: 900 }, Limit { calls: 1000, seconds: DAY_S }];
        assert_eq!(likes, Some(&Row { per_app: vec![], per_user }));
    }
}
