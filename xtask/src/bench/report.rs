//! The table, with what one must know to read it.

use super::rows::{Figures, ROWS};
use crate::build::Size;
use crate::setup::Toolbox;
use anyhow::{Context, Result};
use serde_json::Value;
use std::time::Duration;

/// How long the Worker's start takes, by V8's profile of it (`wrangler check startup`).
pub(super) fn startup(tools: &Toolbox) -> Result<Duration> {
    let profile = tools.project().memory("startup.cpuprofile");
    let check = ["check", "startup", "--outfile"];
    tools.wrangler().args(check).args([&profile]).env("CI", "1").output()?;
    let text = std::fs::read_to_string(&profile).context("wrangler left no profile of the start")?;
    busy(&serde_json::from_str(&text)?).context("the profile of the start has another form")
}

/// The time of a profile's samples that fell into code, garbage collection included.
fn busy(profile: &Value) -> Option<Duration> {
    let idle: Vec<u64> = profile
        .get("nodes")?
        .as_array()?
        .iter()
        .filter(|node| {
            let name = node.pointer("/callFrame/functionName").and_then(Value::as_str);
            matches!(name, Some("(idle)" | "(root)" | "(program)"))
        })
        .filter_map(|node| node.get("id")?.as_u64())
        .collect();
    let samples = profile.get("samples")?.as_array()?.iter().map(Value::as_u64);
    let deltas = profile.get("timeDeltas")?.as_array()?.iter().map(Value::as_i64);
    let busy: i64 =
        samples.zip(deltas).filter_map(|(sample, delta)| (!idle.contains(&sample?)).then_some(delta?)).sum();
    Some(Duration::from_micros(u64::try_from(busy).unwrap_or(0)))
}

/// The whole of `bench/results.md`.
pub(super) fn render(
    tools: &Toolbox,
    size: Size,
    startup: Option<Duration>,
    rounds: u32,
    seconds: u32,
    figures: &[Figures],
) -> Result<String> {
    let date = tools.tool("date").args(["-u", "+%Y-%m-%d"]).output()?;
    let workerd = tools.tool(tools.project().node_bin("workerd")).args(["--version"]).output()?;
    Ok(format!(
        "# Measured\n\n\
         Written by `cargo xtask bench` on {date}, on {machine}, {workerd}.\n\n\
         perch and a five-line JavaScript pass-through run in one workerd, before an X that answers at once; 16 connections. \
         Throughput and CPU time: full load, median of {rounds} interleaved rounds of {seconds} s. Latency: half of that \
         throughput, counted from the moment each request was due. The load generator, X and workerd share the machine, so \
         only the ratios travel. CPU time is that of the whole workerd process, the local stand-ins for KV, D1, queues \
         and objects included; only the rate-limiting binding is one that admits all.\n\n\
         | request | answers/s | of the pass-through | CPU/answer | of the pass-through | p50 | p99 |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n\
         {table}\n\
         Worker (release): {size}. Start-up: {startup}.\n",
        date = date.trim(),
        machine = machine(),
        workerd = workerd.trim(),
        table = table(figures),
        startup =
            startup.map_or("not measured".to_owned(), |time| format!("{:.1} ms of CPU", time.as_secs_f64() * 1000.0)),
    ))
}

fn table(figures: &[Figures]) -> String {
    let line = |(row, own): (&super::rows::Row, &Figures)| {
        let beside = figures.get(row.beside).unwrap_or(own);
        let (p50, p99) = own.latency_ms();
        let (rate, cpu) = (own.rate(), own.cpu_us());
        let (of_rate, of_cpu) = (rate / beside.rate(), cpu / beside.cpu_us());
        format!("| {} | {rate:.0} | {of_rate:.2} | {cpu:.0} µs | {of_cpu:.2} | {p50:.2} ms | {p99:.2} ms |\n", row.name)
    };
    ROWS.iter().zip(figures).map(line).collect()
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores of {}", model.map_or("an unnamed processor", |(_, name)| name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn idle_time_is_not_the_worker_s() {
        let node = |id: u64, name: &str| json!({"id": id, "callFrame": {"functionName": name}});
        let profile = json!({
            "nodes": [node(1, "(root)"), node(2, "(idle)"), node(3, "start"), node(4, "(garbage collector)")],
            "samples": [2, 3, 4, 2],
            "timeDeltas": [900, 1500, 500, 100],
        });
        assert_eq!(busy(&profile), Some(Duration::from_millis(2)));
    }
}
