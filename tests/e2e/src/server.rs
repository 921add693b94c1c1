//! Servers that live as long as the tests, and not a moment longer.

use std::fs::File;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, test_kill_process_group};

/// Runs a program in a group of its own, beside a watcher that ends the whole group when our end of the pipe closes: even if
/// this process is killed, no server is left.
const GUARD: &str = r#"
exec 3<&0
( read -r _ <&3
  trap '' TERM
  kill -TERM 0
  for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; done
  kill -KILL 0 ) &
exec 3<&-
"$@" </dev/null
"#;

/// How long a group may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// A running server and everything it started. Dropping it stops them.
#[derive(Debug)]
pub(crate) struct Server {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

/// A process of a server's group.
struct Member {
    id: Pid,
    /// Its resident memory, in pages.
    pages: u64,
}

impl Server {
    /// Starts `command` with its output in `log`.
    pub(crate) fn start(name: &'static str, command: &Command, log: PathBuf) -> Result<Self> {
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, name]).arg(command.get_program()).args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            guard.current_dir(folder);
        }
        for (variable, value) in command.get_envs() {
            guard.env(variable, value.unwrap_or_default());
        }
        guard.stdin(Stdio::piped()).stdout(file.try_clone()?).stderr(file).process_group(0);
        let child = guard.spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name, child, log })
    }

    /// Waits until something accepts connections at `port` and answers `GET path` with 200.
    pub(crate) fn wait_until_ready(&mut self, port: u16, path: &str, patience: Duration) -> Result<()> {
        let end = Instant::now() + patience;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended ({status}):\n{}", self.name, self.last_words());
            }
            if answers_200(port, path) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("{} did not answer within {} s:\n{}", self.name, patience.as_secs(), self.last_words())
    }

    /// The resident memory of the group's programs called `name`, in bytes.
    pub(crate) fn memory_of(&self, name: &str) -> u64 {
        self.members(name).iter().map(|member| member.pages).sum::<u64>() * 4096
    }

    /// Kills the group's programs called `name`, with no chance to prepare for it, and waits until they are gone.
    pub(crate) fn kill(&self, name: &str) -> Result<()> {
        let members = self.members(name);
        if members.is_empty() {
            bail!("{} has no {name}", self.name);
        }
        for member in &members {
            kill_process(member.id, Signal::KILL)?;
        }
        let is_left = |member: &Member| self.members(name).iter().any(|left| left.id == member.id);
        while members.iter().any(is_left) {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// The living processes of the group that are called `name`, as Linux tells them (proc(5)).
    fn members(&self, name: &str) -> Vec<Member> {
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let stats = processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok());
        stats.filter_map(|stat| self.member(name, &stat)).collect()
    }

    /// The process of one line of `/proc/PID/stat`, if it is one of the group's called `name` and not ended.
    fn member(&self, name: &str, stat: &str) -> Option<Member> {
        let (head, tail) = stat.rsplit_once(')')?;
        let (id, program) = head.split_once(" (")?;
        let fields: Vec<&str> = tail.split_whitespace().collect();
        let group: u32 = fields.get(2)?.parse().ok()?;
        let id = Pid::from_raw(id.parse().ok()?)?;
        let pages = fields.get(21)?.parse().ok()?;
        let is_ended = fields.first().is_some_and(|state| matches!(*state, "Z" | "X"));
        (program == name && group == self.child.id() && !is_ended).then_some(Member { id, pages })
    }

    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.len().saturating_sub(30);
        lines.get(last..).unwrap_or_default().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let end = Instant::now() + GRACE;
        while group.is_some_and(|group| test_kill_process_group(group).is_ok()) && Instant::now() < end {
            let _ended = self.child.try_wait();
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn answers_200(port: u16, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        let mut start = [0; 12];
        std::io::Read::read_exact(&mut stream, &mut start)?;
        Ok(&start == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

/// The folder this test program was built into: `target/debug`.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent().and_then(Path::parent);
    folder.map(Path::to_owned).context("the test program has no folder")
}
