//! The two ends of a measurement: `x`, an X that always answers at once, and `run`, a load generator.

mod report;
mod run;
mod x;

use clap::Parser;
use std::net::SocketAddr;
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "The two ends of a measurement")]
enum Command {
    /// An X that gives the same good answer to every request
    X {
        #[arg(long)]
        listen: SocketAddr,
    },
    /// Ask the same over several connections and report as JSON
    Run(run::Args),
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::X { listen } => x::serve(listen).await,
        Command::Run(args) => run::run(args).await.map(|report| println!("{report}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("perch-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}
