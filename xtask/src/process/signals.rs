//! Ctrl-C stops everything that was started.

use super::children;
use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicBool, Ordering};

static STOPPING: AtomicBool = AtomicBool::new(false);

/// From now on an interrupt, a hang-up or a request to end stops every running group, then this process.
pub(crate) fn stop_all_on_interrupt() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen for signals")?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            STOPPING.store(true, Ordering::SeqCst);
            eprintln!("\nstopping …");
            children::stop_all();
            std::process::exit(128 + signal); // the shell's convention
        }
    });
    Ok(())
}

/// Once stopping has begun, waits for the end of the process: a child we ended is no error to tell.
pub(crate) fn yield_to_stopping() {
    while STOPPING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}
