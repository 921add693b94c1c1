//! perch's automation: set-up, dev, build, test, fuzz, bench, catalogue, lint. The only one; CI calls the same commands.

mod bench;
mod browser;
mod build;
mod catalogue;
mod cli;
mod d1;
mod dev;
mod dev_vars;
mod fuzz;
mod gateway;
mod http;
mod key;
mod lint;
mod process;
mod progress;
mod project;
mod setup;
mod sim;
mod smoke;
mod test;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let command = cli::Cli::parse().command;
    match process::signals::stop_all_on_interrupt().and_then(|()| cli::run(command)) {
        Ok(code) => code,
        Err(error) => {
            process::signals::yield_to_stopping();
            progress::failed(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
