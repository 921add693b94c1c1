//! What is measured.

use super::load::Sample;

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Perch,
    PassThrough,
}

/// With which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    None,
    Good,
    /// Well-formed but for its checksum.
    Mistyped,
}

/// One request, asked many times.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) target: Target,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) body: &'static str,
    /// Headers besides the key and what tells of the body, a line each.
    pub(super) headers: &'static str,
    pub(super) key: Key,
    pub(super) expect: u16,
    /// The row of [`ROWS`] its throughput is compared with.
    pub(super) beside: usize,
}

const READ: Row = Row {
    name: "pass-through GET",
    target: Target::PassThrough,
    method: "GET",
    path: "/2/tweets/1346889436626259968",
    body: "",
    headers: "",
    key: Key::None,
    expect: 200,
    beside: 0,
};

const TWEET: &str = r#"{"text":"Measured {n}"}"#;

/// All rows, in the order in which a round asks them.
pub(super) const ROWS: [Row; 9] = [
    READ,
    Row { name: "pass-through POST", method: "POST", path: "/2/tweets", body: TWEET, expect: 201, beside: 1, ..READ },
    Row { name: "relay GET", key: Key::Good, ..PERCH },
    Row {
        name: "relay POST",
        method: "POST",
        path: "/2/tweets",
        body: TWEET,
        key: Key::Good,
        expect: 201,
        beside: 1,
        ..PERCH
    },
    Row { name: "preflight", method: "OPTIONS", headers: PREFLIGHT, expect: 204, ..PERCH },
    Row { name: "refused key", key: Key::Mistyped, expect: 401, ..PERCH },
    Row { name: "GET /v1/tweets/{id}", path: "/v1/tweets/1346889436626259968", key: Key::Good, ..PERCH },
    Row {
        name: "POST /v1/tweets",
        method: "POST",
        path: "/v1/tweets",
        body: TWEET,
        key: Key::Good,
        expect: 201,
        beside: 1,
        ..PERCH
    },
    Row { name: "GET /health", path: "/health", ..PERCH },
];

const PREFLIGHT: &str = "Origin: https://app.example\nAccess-Control-Request-Method: GET\n";

const PERCH: Row = Row { target: Target::Perch, ..READ };

/// What was measured of one row.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures {
    rates: Vec<f64>,
    cpu_us: Vec<f64>,
    p50_ms: f64,
    p99_ms: f64,
}

impl Figures {
    pub(super) fn add_full(&mut self, sample: &Sample) {
        self.rates.push(sample.rate);
        self.cpu_us.push(sample.cpu_us);
    }

    pub(super) fn add_half(&mut self, sample: &Sample) {
        (self.p50_ms, self.p99_ms) = (sample.p50_ms, sample.p99_ms);
    }

    /// Answers a second at full load.
    pub(super) fn rate(&self) -> f64 {
        median(&self.rates)
    }

    /// CPU time of workerd for each answer, in µs.
    pub(super) fn cpu_us(&self) -> f64 {
        median(&self.cpu_us)
    }

    /// Median and 99th percentile of latency at half load, in ms.
    pub(super) fn latency_ms(&self) -> (f64, f64) {
        (self.p50_ms, self.p99_ms)
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle), sorted.len() % 2) {
        (Some(high), 0) => f64::midpoint(sorted.get(middle - 1).copied().unwrap_or(*high), *high),
        (Some(middle), _) => *middle,
        (None, _) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_ignores_the_outlier() {
        let medians = [&[3.0, 900.0, 4.0][..], &[1.0, 2.0], &[]].map(median);
        assert!(medians.iter().zip([4.0, 1.5, 0.0]).all(|(found, wanted)| (found - wanted).abs() < 1e-9));
    }

    #[test]
    fn every_row_stands_beside_a_pass_through_of_its_method() {
        for row in &ROWS {
            let beside = &ROWS[row.beside];
            let method = if row.method == "OPTIONS" { "GET" } else { row.method };
            assert_eq!((beside.target, beside.method), (Target::PassThrough, method), "{}", row.name);
        }
    }
}
