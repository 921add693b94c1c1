//! The whole of perch on this machine: the Worker on workerd, an X to talk to, a key and a connected account.

mod demo;
mod stack;
mod tail;
mod welcome;

use crate::build::{self, Profile};
use crate::d1;
use crate::dev_vars;
use crate::process::port;
use crate::progress;
use crate::project::Project;
use crate::setup::{self, Need, Toolbox};
use anyhow::{Context, Result};
pub(crate) use stack::{Settings, Stack};
use std::convert::Infallible;

/// What `dev` is asked for.
#[derive(Debug)]
pub(crate) struct Options {
    /// The real X, instead of the sandbox.
    pub(crate) upstream: Option<String>,
    pub(crate) port: u16,
    pub(crate) sandbox_port: u16,
    pub(crate) profile: Profile,
}

/// Prepares and starts everything, says how to use it, and shows the logs until Ctrl-C.
///
/// # Errors
/// When something is missing, or one of the servers ends.
pub(crate) fn run(options: Options) -> Result<Infallible> {
    let project = Project::open()?;
    ports_must_be_free(&options)?; // first: a build takes minutes
    let tools = setup::setup(&project, Need::Worker)?;
    dev_vars::ensure(&project)?;
    if options.upstream.is_some() {
        dev_vars::must_hold_own_app(&project)?;
    }
    build::worker(&tools, options.profile)?;
    let settings = Settings::local(&project, options.port, options.sandbox_port, options.profile, options.upstream);
    migrate(&tools, &settings)?;
    let key = demo::remembered_or_new(&tools, &settings)?;
    let mut stack = Stack::start(&tools, &settings)?;
    let demo = progress::step("demo key and account", || demo::ready(&tools, &settings, key))?;
    println!("{}", welcome::text(&settings, &demo));
    follow(&mut stack)
}

fn ports_must_be_free(options: &Options) -> Result<()> {
    port::must_be_free(options.port, "the gateway", "--port")?;
    if options.upstream.is_none() {
        port::must_be_free(options.sandbox_port, "the sandbox", "--sandbox-port")?;
    }
    Ok(())
}

/// Applies the migrations, unless this store has had these very ones: asking wrangler takes seconds.
fn migrate(tools: &Toolbox, settings: &Settings) -> Result<()> {
    let wanted = migrations(tools.project())?;
    let applied = settings.persist.join("perch-migrations");
    if std::fs::read_to_string(&applied).is_ok_and(|applied| applied == wanted) {
        return Ok(());
    }
    progress::step("D1 migrations", || d1::migrate_local(tools, &settings.persist))?;
    std::fs::write(&applied, wanted).with_context(|| format!("cannot write {}", applied.display()))
}

/// The names of all files there. A migration never changes once it is applied somewhere, so names are enough.
fn migrations(project: &Project) -> Result<String> {
    let entries = std::fs::read_dir(project.path("migrations")).context("cannot read migrations/")?;
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names.join("\n"))
}

fn follow(stack: &mut Stack) -> Result<Infallible> {
    let mut tails: Vec<_> = stack.services().map(|service| tail::Tail::at_end(service.name(), service.log())).collect();
    loop {
        for tail in &mut tails {
            tail.show_new();
        }
        stack.must_run()?;
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}
