//! The command line.

use crate::build::{self, Profile};
use crate::d1::Store;
use crate::dev;
use crate::fuzz::{self, Target};
use crate::key::{self, Wanted};
use crate::project::Project;
use crate::setup::{self, Need};
use crate::test::{self, Layer};
use crate::{bench, catalogue, lint, progress, sim, smoke};
use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// The command line, as clap reads it. The comments on commands and options below are their help.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 110)]
#[command(about = "perch's automation. Each command prepares what it needs and says what it does;\n\
                   everything it installs lands in .tools/ and node_modules/.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Prepare what is missing: wasm target, wasm-bindgen, worker-build, wrangler, Node, esbuild, wasm-opt
    ///
    /// The other commands do this by themselves. From nothing it takes about five minutes, later no time.
    Setup,
    /// Build the Worker into build/ and hold it to its budget of 600 KB gzip
    ///
    /// Nothing is built when build/ was made from the same sources. This is also wrangler's [build] command.
    Build(BuildArgs),
    /// Run all of perch on this machine: gateway, an X to talk to, a demo key and a connected account
    ///
    /// Builds the Worker, makes .dev.vars with random secrets if it is absent, applies the D1 migrations, starts the
    /// sandbox and `wrangler dev`, prints the base URL, the key and curl lines to paste, then the logs. Ctrl-C stops
    /// everything it started. A second start takes seconds and keeps the key.
    Dev(DevArgs),
    /// Make API keys where no admin key can make them yet
    #[command(subcommand)]
    Key(KeyCommand),
    /// Run the tests of all layers, or of those named, and count them
    Test {
        /// Which layers; all when none is named
        layers: Vec<Layer>,
    },
    /// Feed the parsers of hostile input whatever may break them, and keep what does
    ///
    /// Every target of fuzz/ states what must hold of any input. What it does not hold of is written to fuzz/artifacts/, and
    /// the command fails with its path. What teaches the fuzzer something is kept in fuzz/grown/ for the next time; the
    /// checked-in seeds of fuzz/corpus/ stay as they are. For hours of it: `cargo xtask fuzz path_gate --seconds 28800`.
    Fuzz(FuzzArgs),
    /// Run perch's own services in a world that a seed decides: time, messages, crashes, storage, and X
    ///
    /// 10,000 seeds unless told otherwise; a seed that breaks an invariant is printed with the command that replays it.
    /// `cargo xtask sim --help` tells the options: `--seeds N`, `--seed S`, `--scenario NAME`, `--twin FLAW`.
    #[command(disable_help_flag = true)]
    Sim {
        /// Handed to the simulation
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
        args: Vec<OsString>,
    },
    /// Measure the gateway beside a five-line pass-through on the same workerd, and write bench/results.md
    ///
    /// Every figure comes from this run: throughput and CPU time at full load, latency at half of it. Takes some minutes;
    /// let the machine do nothing else meanwhile.
    Bench {
        /// Seconds of load for each figure of each round
        #[arg(long, default_value_t = 4)]
        seconds: u32,
        /// Rounds over all rows; the median is told
        #[arg(long, default_value_t = 3)]
        rounds: u32,
    },
    /// Take a newer OpenAPI file of X's into the catalogue of its endpoints, and print what changed
    ///
    /// Rewrites src/x/catalogue/operations.tsv: what X says of an operation is taken from the file; what people decided
    /// (group, effect, limits, price, time limit) stays. New operations get cautious defaults: look at them, and at what
    /// else changed, before you commit. X serves the file at <https://api.x.com/2/openapi.json>, without authentication.
    Catalogue {
        /// The file
        #[arg(long, value_name = "OPENAPI.JSON")]
        from: PathBuf,
    },
    /// Ask a deployment whether it is perch, and ready
    Smoke {
        /// Its base URL, for example <https://perch.example.workers.dev>
        url: String,
    },
    /// Check format, clippy on both targets, documentation and dependencies
    Lint,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// Build quickly, not small: for development
    #[arg(long, conflicts_with = "release")]
    dev: bool,
    /// Build small and fast, for production (the default)
    #[arg(long)]
    release: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FuzzArgs {
    /// Which target; all, one after the other, when none is named
    target: Option<Target>,
    /// Seconds for each target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Feed the target this one input, and nothing else
    #[arg(long, value_name = "FILE", requires = "target", conflicts_with = "seconds")]
    input: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DevArgs {
    /// Use the real X (or another emulator) instead of the sandbox; your app's credentials must be in .dev.vars
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "https://api.x.com")]
    upstream: Option<String>,
    /// Where the gateway listens, on 127.0.0.1
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Where the sandbox listens, on 127.0.0.1
    #[arg(long, default_value_t = 8788)]
    sandbox_port: u16,
    /// Run what is deployed, slower to build
    #[arg(long)]
    release: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make an API key, write its row and print it, once
    ///
    /// The local store is the one of `cargo xtask dev`. For a remote store, set `PERCH_KEY_PEPPER` to the value the
    /// environment was given with `wrangler secret put`, or keep it in .dev.vars.staging or .dev.vars.production.
    Create(CreateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// What the key is for, as people will see it
    #[arg(long, default_value = "first admin key")]
    name: String,
    /// Scopes, separated by commas; all of them, admin included, when not given
    #[arg(long, value_delimiter = ',')]
    scopes: Vec<String>,
    /// Into the store of this machine (the default)
    #[arg(long, conflicts_with = "env")]
    local: bool,
    /// Into the store of a deployed environment
    #[arg(long, value_enum)]
    env: Option<Environment>,
}

/// A deployed environment of wrangler.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Environment {
    Staging,
    Production,
}

impl Environment {
    fn name(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

/// Runs one command.
pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Setup => {
            setup::setup(&Project::open()?, Need::Worker)?;
            progress::ready("everything is there");
        }
        Command::Build(args) => {
            let profile = match (args.dev, args.release) {
                (true, _) => Profile::Dev,
                (_, true) => Profile::Release,
                _ => Profile::from_environment(),
            };
            build::run(profile)?;
        }
        Command::Dev(args) => {
            let profile = if args.release { Profile::Release } else { Profile::Dev };
            let DevArgs { upstream, port, sandbox_port, .. } = args;
            match dev::run(dev::Options { upstream, port, sandbox_port, profile })? {}
        }
        Command::Key(KeyCommand::Create(args)) => {
            let store = args.env.map_or(Store::Local, |environment| Store::Remote(environment.name().to_owned()));
            key::create(&Wanted { scopes: args.scopes, ..Wanted::named(&args.name) }, &store)?;
        }
        Command::Test { layers } => test::run(&layers)?,
        Command::Fuzz(args) => match (args.target, args.input) {
            (Some(target), Some(input)) => fuzz::replay(target, &input)?,
            (target, _) => fuzz::run(target.as_slice(), args.seconds)?,
        },
        Command::Sim { args } => return sim::run(&args),
        Command::Bench { seconds, rounds } => bench::run(seconds, rounds)?,
        Command::Catalogue { from } => catalogue::run(&from)?,
        Command::Smoke { url } => smoke::run(&url)?,
        Command::Lint => lint::run()?,
    }
    Ok(ExitCode::SUCCESS)
}
