//! The table at the end of a run.

use super::layer::Layer;
use super::outcome::Outcome;
use crate::progress::elapsed;
use std::fmt::Write;

/// The table, its sum in the last line, and whether every layer is good.
pub(super) fn render(outcomes: &[(Layer, Outcome)]) -> (String, bool) {
    let mut table = String::from("\nlayer     passed  failed  skipped  time\n");
    let mut sum = Outcome::default();
    for (layer, outcome) in outcomes {
        let Outcome { passed, failed, skipped, time, .. } = outcome;
        let (name, time) = (layer.name(), elapsed(*time));
        let remark = remark(outcome);
        let _ = writeln!(table, "{name:<8} {passed:>7} {failed:>7} {skipped:>8}  {time}{remark}");
        sum.add(outcome);
    }
    let _ = write!(table, "\n{} passed, {} failed", sum.passed, sum.failed);
    (table, outcomes.iter().all(|(_, outcome)| outcome.good()))
}

fn remark(outcome: &Outcome) -> String {
    match &outcome.broken {
        Some(why) => format!("  {why}"),
        None if outcome.passed + outcome.failed == 0 => "  ran no test".to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_last_line() {
        let outcomes = [
            (Layer::Native, Outcome { passed: 40, skipped: 2, ..Outcome::default() }),
            (Layer::Wasm, Outcome { passed: 3, failed: 1, ..Outcome::default() }),
        ];
        let (table, good) = render(&outcomes);
        assert_eq!(table.lines().last(), Some("43 passed, 1 failed"));
        assert!(!good);
    }

    #[test]
    fn a_layer_without_tests_spoils_the_run_and_says_so() {
        let outcomes = [(Layer::Native, Outcome::check(true)), (Layer::Sql, Outcome::default())];
        let (table, good) = render(&outcomes);
        assert!(!good);
        assert!(table.contains("ran no test"), "{table}");
    }
}
