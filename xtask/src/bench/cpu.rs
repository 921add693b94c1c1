//! CPU time of a process, from `/proc` (Linux).

use anyhow::{Context, Result};
use std::time::Duration;

/// Linux counts in hundredths of a second here, on every architecture it runs on (`USER_HZ`).
const TICKS_PER_SECOND: u64 = 100;

/// User and system time of the process with all its threads.
pub(super) fn time(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the CPU time of workerd needs Linux")?;
    ticks(&stat)
        .map(|ticks| Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
        .context("/proc has changed its form")
}

/// The process called `name` that `ancestor` or one of its children started.
pub(super) fn descendant(ancestor: u32, name: &str) -> Option<u32> {
    let entries = std::fs::read_dir("/proc").ok()?;
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| is_below(*pid, ancestor)).find(|pid| comm(*pid).is_some_and(|comm| comm == name))
}

fn is_below(pid: u32, ancestor: u32) -> bool {
    std::iter::successors(parent(pid), |pid| parent(*pid)).any(|above| above == ancestor)
}

fn parent(pid: u32) -> Option<u32> {
    field(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?, 1)?.try_into().ok().filter(|parent| *parent > 0)
}

fn comm(pid: u32) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{pid}/comm")).ok().map(|comm| comm.trim().to_owned())
}

fn ticks(stat: &str) -> Option<u64> {
    Some(field(stat, 11)? + field(stat, 12)?)
}

/// The `nth` field behind the name, which may hold spaces and parentheses itself (proc(5): state is field 3).
fn field(stat: &str, nth: usize) -> Option<u64> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(nth)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_found_behind_a_name_with_parentheses() {
        let stat = "42 (a (b) c) S 7 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 9 0 100";
        assert_eq!(ticks(stat), Some(200));
        assert_eq!(field(stat, 1), Some(7));
    }
}
