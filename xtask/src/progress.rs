//! What the person at the terminal sees while a command works. All of it on stderr: stdout is for results.

use anyhow::Result;
use std::fmt::Display;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Runs one step, saying what it is while it works and how long it took.
pub(crate) fn step<T>(what: impl Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("{} {what} …", paint("36", "▸"));
    let start = Instant::now();
    let result = work();
    match &result {
        Ok(_) => eprintln!("{} {what} ({})", paint("32", "✔"), elapsed(start.elapsed())),
        Err(_) => eprintln!("{} {what} ({})", paint("31", "✘"), elapsed(start.elapsed())),
    }
    result
}

/// A step that had nothing to do.
pub(crate) fn ready(what: impl Display) {
    eprintln!("{} {what}", paint("32", "✔"));
}

/// Something worth knowing that stops nothing.
pub(crate) fn note(what: impl Display) {
    eprintln!("{} {what}", paint("33", "•"));
}

/// The one line that says why a command ended and what to do.
pub(crate) fn failed(why: &str) {
    eprintln!("{} {why}", paint("1;31", "error:"));
}

/// A heading over the output of another program.
pub(crate) fn heading(what: impl Display) {
    eprintln!("\n{}", paint("1", &format!("── {what}")));
}

/// `0.4 s`, `12 s`, `2 min 20 s`.
pub(crate) fn elapsed(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f32()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

fn paint(code: &str, text: &str) -> String {
    if std::io::stderr().is_terminal() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_the_unit_that_reads_best() {
        let told = [400, 12_900, 140_000].map(|ms| elapsed(Duration::from_millis(ms)));
        assert_eq!(told, ["0.4 s", "12 s", "2 min 20 s"]);
    }
}
