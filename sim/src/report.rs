//! What is printed of runs.

use std::{
    fmt::{self, Display, Formatter},
    time::Duration,
};

use perch_sim::{Counts, Run, Scenario, Setting, Violation};

/// A seed that broke an invariant.
pub(crate) struct Failure {
    pub(crate) setting: Setting,
    pub(crate) violation: Violation,
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { setting, violation: Violation { invariant, how } } = self;
        writeln!(f, "\nseed {} breaks: {invariant}", setting.seed)?;
        writeln!(f, "  {how}")?;
        write!(f, "  replay: {}", command(*setting))
    }
}

/// The command that replays a run.
fn command(setting: Setting) -> String {
    let twin = setting.flaw.map(|flaw| format!(" --twin {}", flaw.name())).unwrap_or_default();
    let scenario = setting.scenario.name();
    format!("cargo xtask sim --scenario {scenario} --seed {}{twin}", setting.seed)
}

/// Everything that happened in a run.
pub(crate) fn trace(setting: Setting, run: &Run) -> String {
    let verdict = match &run.violation {
        Some(violation) => Failure { setting, violation: violation.clone() }.to_string(),
        None => format!("\nseed {} keeps every invariant", setting.seed),
    };
    let Run { events, hash, trace, .. } = run;
    format!("{}\n{events} events, trace {hash:016x}\n{verdict}", trace.join("\n"))
}

/// What many runs were made of.
pub(crate) fn summary(scenario: Scenario, seeds: u64, time: Duration, events: u64, counts: &Counts) -> String {
    let seconds = time.as_secs_f64().max(0.001);
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = seeds as f64 / seconds;
    let of_scenario = match scenario {
        Scenario::Refresh => of_refreshes(counts),
        Scenario::Writes => of_writes(counts),
    };
    let Counts { visits, served, crashes, restarts, .. } = counts;
    format!(
        "{}: {seeds} seeds in {seconds:.1} s ({rate:.0}/s), {events} events\n  \
         {visits} requests, {served} served; {crashes} isolates killed, {restarts} restarts of objects\n  {of_scenario}",
        scenario.name()
    )
}

fn of_refreshes(counts: &Counts) -> String {
    let Counts { refreshes, replays, lost, lost_though_heard, .. } = counts;
    format!(
        "{refreshes} refresh tokens sent, {replays} of them spent at X after an unknown outcome; {lost} accounts given up, \
         {lost_though_heard} of them though a worker had heard X's answer and lived on"
    )
}

fn of_writes(counts: &Counts) -> String {
    let Counts { sent, made, found, retried, unconfirmed, .. } = counts;
    format!(
        "{sent} tweets sent, {made} made; {found} found by a look, {retried} sent again after one, {unconfirmed} unconfirmed"
    )
}
