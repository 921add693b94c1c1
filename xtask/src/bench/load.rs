//! Putting load on one row.

use super::cpu;
use super::rows::{Key, Row, Target};
use super::world::World;
use crate::progress;
use crate::project::write_private;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What one run of load showed.
#[derive(Debug)]
pub(super) struct Sample {
    /// Answers a second.
    pub(super) rate: f64,
    /// CPU time of workerd for each answer, in µs.
    pub(super) cpu_us: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

/// The report of `perch-load run`.
#[derive(Debug, Deserialize)]
struct Report {
    answers: u32,
    refusals: BTreeMap<String, u64>,
    lost: u64,
    seconds: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// As many requests as are answered.
pub(super) fn full(world: &World, row: &Row, seconds: u32) -> Result<Sample> {
    load(world, row, seconds, None)
}

/// `rate` requests a second, whatever the answers take.
pub(super) fn at_rate(world: &World, row: &Row, seconds: u32, rate: f64) -> Result<Sample> {
    load(world, row, seconds, Some(rate))
}

fn load(world: &World, row: &Row, seconds: u32, rate: Option<f64>) -> Result<Sample> {
    let base_url = match row.target {
        Target::Perch => &world.perch.base_url,
        Target::PassThrough => &world.passthrough_url,
    };
    let head = world.folder.join("request"); // the key is not for the list of processes
    write_private(&head, &head_file(world, row))?;
    let (url, status, time) = (format!("{base_url}{}", row.path), row.expect.to_string(), seconds.to_string());
    let mut args = vec!["run", "--method", row.method, "--url", &url, "--expect", &status, "--seconds", &time];
    let rate = rate.map(|rate| format!("{rate:.1}"));
    if let Some(rate) = &rate {
        args.extend(["--rate", rate]);
    }
    let before = cpu::time(world.workerd)?;
    let report = world.load_tool().args(args).args(["--head-file".as_ref(), head.as_os_str()]).output()?;
    let used = cpu::time(world.workerd)?.saturating_sub(before);
    let report: Report = serde_json::from_str(&report).context("perch-load reported something else")?;
    report.must_be_clean(row)?;
    let answers = f64::from(report.answers);
    let sample = Sample {
        rate: answers / report.seconds,
        cpu_us: used.as_secs_f64() * 1e6 / answers,
        p50_ms: report.p50_ms,
        p99_ms: report.p99_ms,
    };
    progress::ready(format!("{}: {:.0} answers/s, p99 {:.2} ms", row.name, sample.rate, sample.p99_ms));
    Ok(sample)
}

fn head_file(world: &World, row: &Row) -> String {
    let key = &world.perch.key;
    let authorization = match row.key {
        Key::None => String::new(),
        Key::Good => format!("Authorization: Bearer {key}\n"),
        Key::Mistyped => format!("Authorization: Bearer {}\n", mistyped(key)),
    };
    let body = if row.body.is_empty() { "" } else { "Content-Type: application/json\n" };
    format!("Accept: */*\n{authorization}{}{body}\n{}", row.headers, row.body)
}

/// `key` with another last character.
fn mistyped(key: &str) -> String {
    let mut characters: Vec<char> = key.chars().collect();
    if let Some(last) = characters.last_mut() {
        *last = if *last == 'a' { 'b' } else { 'a' };
    }
    characters.into_iter().collect()
}

impl Report {
    /// A refusal is answered faster than a request: a figure that counts them is no figure.
    fn must_be_clean(&self, row: &Row) -> Result<()> {
        let Self { answers, refusals, lost, .. } = self;
        let clean = *answers > 0 && refusals.is_empty() && *lost == 0;
        ensure!(clean, "{}: {answers} good answers, {lost} lost, others by status: {refusals:?}", row.name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_key_differs_and_has_the_same_length() {
        for key in ["perch_test_x_y_abcdea", "perch_test_x_y_abcdeb"] {
            let other = mistyped(key);
            assert_ne!(other, key);
            assert_eq!(other.len(), key.len());
        }
    }
}
