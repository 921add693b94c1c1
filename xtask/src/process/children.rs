//! Children in process groups of their own, so that stopping one stops all that it started in turn.

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpid};
use std::io::Result;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a group may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// Every group that runs now; the signal handler stops them all.
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// A started program and everything it starts. Dropping it stops them.
#[derive(Debug)]
pub(crate) struct Group {
    /// `None` once `wait_with_output` took it.
    child: Option<Child>,
    pid: Option<Pid>,
}

impl Group {
    /// Starts the command. An interactive one stays in our own group: only that may read the terminal.
    pub(crate) fn start(command: &mut Command, interactive: bool) -> Result<Self> {
        if interactive {
            return Ok(Self { child: Some(command.spawn()?), pid: None });
        }
        // Held over the start: a signal that comes in between waits, and then finds the new group.
        let mut running = running();
        let child = command.process_group(0).spawn()?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        running.extend(pid);
        drop(running);
        Ok(Self { child: Some(child), pid })
    }

    pub(crate) fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.as_mut().and_then(|child| child.stdout.take())
    }

    /// The program's process id.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Has the program itself ended?
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut().and_then(|child| child.try_wait().ok().flatten())
    }

    pub(crate) fn wait(&mut self) -> Result<ExitStatus> {
        match self.child.as_mut() {
            Some(child) => child.wait(),
            None => Err(std::io::Error::other("already waited for")),
        }
    }

    pub(crate) fn wait_with_output(mut self) -> Result<Output> {
        match self.child.take() {
            Some(child) => child.wait_with_output(),
            None => Err(std::io::Error::other("already waited for")),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let Some(pid) = self.pid else { return };
        if let Some(child) = self.child.as_mut() {
            stop(&[pid], || drop(child.try_wait()));
        }
        running().retain(|other| *other != pid);
    }
}

/// Stops every group that runs, for a process that is about to end.
pub(crate) fn stop_all() {
    let groups = running().clone();
    stop(&groups, || {
        for group in &groups {
            let _status = waitpid(Some(*group), WaitOptions::NOHANG);
        }
    });
}

/// Asks, waits, kills. `reap` takes note of ended children, which else count as living.
fn stop(groups: &[Pid], mut reap: impl FnMut()) {
    for (signal, patience) in [(Signal::TERM, GRACE), (Signal::KILL, Duration::from_secs(1))] {
        for group in groups {
            let _gone = kill_process_group(*group, signal);
        }
        let end = Instant::now() + patience;
        while Instant::now() < end {
            reap();
            if !groups.iter().any(|group| test_kill_process_group(*group).is_ok()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn running() -> MutexGuard<'static, Vec<Pid>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_a_group_ends_what_its_program_started() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 300 & sleep 300"]);
        let group = Group::start(&mut shell, false).unwrap();
        let pid = group.pid.unwrap();
        assert!(test_kill_process_group(pid).is_ok(), "it runs");
        drop(group);
        assert!(test_kill_process_group(pid).is_err(), "nothing of it is left");
        assert!(!running().contains(&pid));
    }

    #[test]
    fn a_group_that_will_not_listen_is_killed() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' TERM; exec sleep 300"]);
        let group = Group::start(&mut shell, false).unwrap();
        let pid = group.pid.unwrap();
        std::thread::sleep(Duration::from_millis(200)); // the trap must be set
        drop(group);
        assert!(test_kill_process_group(pid).is_err());
    }
}
