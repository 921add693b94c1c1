//! A client: where its program is, what runs it, and how its one run went.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;

use anyhow::Result;
use libtest_mimic::Failed;
use perch_e2e::{Plan, Stack};
use tokio::runtime::Runtime;

use crate::credentials::Credentials;
use crate::program::{self, Run};
use crate::{RUNTIME, STACK};

/// One of the clients in `tests/clients`.
pub(crate) struct Client {
    name: &'static str,
    language: Language,
    run: OnceLock<Result<Run, String>>,
}

enum Language {
    Python,
    Node,
}

impl Client {
    pub(crate) const fn python(name: &'static str) -> Self {
        Self { name, language: Language::Python, run: OnceLock::new() }
    }

    pub(crate) const fn node(name: &'static str) -> Self {
        Self { name, language: Language::Node, run: OnceLock::new() }
    }

    /// Its folder's name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// How its program went. The first who asks runs it, and starts the stack.
    pub(crate) fn run(&self) -> Result<&Run, Failed> {
        let stack = STACK.get_or_init(|| Stack::start(&Plan::E2E).map_err(|error| format!("{error:#}")));
        let stack = stack.as_ref().map_err(Failed::from)?;
        let runtime = RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"));
        let run = || runtime.block_on(self.run_with(stack)).map_err(|error| format!("{}: {error:#}", self.name));
        self.run.get_or_init(run).as_ref().map_err(Failed::from)
    }

    async fn run_with(&self, stack: &Stack) -> Result<Run> {
        let credentials = Credentials::of_a_new_user(stack).await?;
        let (mark, started) = (stack.sandbox.mark().await, Instant::now());
        let report = program::run(&self.command(), &credentials).await?;
        eprintln!("  {}: {:.1} s", self.name, started.elapsed().as_secs_f32());
        Ok(Run { report, ledger: stack.sandbox.ledger_since(mark).await, credentials })
    }

    /// The program that is to be started, and its argument.
    fn command(&self) -> [OsString; 2] {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR"));
        let project = clients.join("../..");
        let (runs, program) = match self.language {
            Language::Python => (project.join(".tools/clients").join(self.name).join("bin/python"), "program.py"),
            Language::Node => (node(&project), "program.mjs"),
        };
        [runs.into(), clients.join(self.name).join(program).into()]
    }
}

/// The project's own Node, or the machine's where npm has no build of it.
fn node(project: &Path) -> PathBuf {
    let own = project.join("node_modules/.bin/node");
    if own.exists() { own } else { "node".into() }
}
