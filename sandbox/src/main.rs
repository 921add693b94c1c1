//! `perch-sandbox`: the emulated X as a program.

use std::net::SocketAddr;

use clap::Parser;
use perch_sandbox::{Account, Config, Sandbox, serve};
use tokio::net::TcpListener;

/// An X API v2 that can misbehave, with a ledger.
#[derive(Parser)]
#[command(version, after_help = CREDENTIALS)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8788", value_name = "ADDR")]
    listen: SocketAddr,
    /// Approve every authorization as this user, without a page.
    #[arg(long, value_name = "USERNAME")]
    auto_approve: Option<String>,
    /// Another redirect URI of the OAuth 2.0 clients; compared exactly. Repeatable.
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,
    /// Another user. Repeatable.
    #[arg(long, value_name = "ID:USERNAME:NAME")]
    account: Vec<Account>,
    /// Print one line for each request.
    #[arg(long)]
    verbose: bool,
}

const CREDENTIALS: &str = "\
Fixed development credentials (they open nothing but this sandbox):
  OAuth 2.0, confidential   perch-client / perch-client-secret
  OAuth 2.0, public         perch-public
  OAuth 2.0 redirect URI    http://127.0.0.1:8787/connect/callback
  OAuth 1.0a, app bearer    perch-consumer / perch-consumer-secret
  OAuth 1.0a user tokens    <user id>-oauth1 / <user id>-oauth1-secret
  Users                     alice 2244994945, bob 783214, carol 1330457336642625536
Control port: GET /_sandbox/ledger, POST /_sandbox/faults, /_sandbox/clock, /_sandbox/tokens/expire, /_sandbox/reset";

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("perch-sandbox: {reason}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let address = arguments.listen;
    let config = config(arguments)?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address} ({error}); choose another with --listen"))?;
    let sandbox = Sandbox::seeded(config).map_err(|error| error.to_string())?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    println!("perch-sandbox: an emulated X listens on http://{bound}");
    tokio::select! {
        ended = serve(listener, sandbox) => ended.map_err(|error| error.to_string()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

fn config(arguments: Arguments) -> Result<Config, String> {
    let mut config = Config { auto_approve: arguments.auto_approve, verbose: arguments.verbose, ..Config::default() };
    config.accounts.extend(arguments.account);
    config.redirect_uris.extend(arguments.redirect_uri);
    match &config.auto_approve {
        Some(user) if !config.accounts.iter().any(|account| account.username.eq_ignore_ascii_case(user)) => {
            Err(format!("--auto-approve {user}: there is no such user; add one with --account ID:USERNAME:NAME"))
        }
        _ => Ok(config),
    }
}
