//! libFuzzer around the targets of `fuzz/`, with the project's own stable compiler.
//!
//! `cargo fuzz` sets the same flags, and on stable (`--sanitizer none`) nothing more, so it need not be there. No sanitizer is
//! missed: the code under test is Rust without `unsafe`.

use super::target::Target;
use crate::process::Tool;
use crate::progress;
use crate::setup::{Toolbox, cpp_compiler};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// What makes libFuzzer see which way an input took: a counter on every edge, and the operands of every comparison.
const INSTRUMENTATION: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0";

/// Where a search begins, and what becomes of what it learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// At the checked-in seeds and all that earlier searches found worth keeping, by chance.
    GoOn,
    /// At the checked-in seeds, in the same way each time; nothing is said unless something is found.
    Repeat,
}

/// The built targets.
#[derive(Debug)]
pub(crate) struct Fuzzer<'t> {
    tools: &'t Toolbox,
    host: String,
}

impl<'t> Fuzzer<'t> {
    /// Builds every target.
    ///
    /// # Errors
    /// When there is no C++ compiler, or a target does not compile.
    pub(crate) fn build(tools: &'t Toolbox) -> Result<Self> {
        cpp_compiler::ensure(tools.project())?;
        let host = tools.tool("rustc").args(["--print", "host-tuple"]).output()?.trim().to_owned();
        let fuzzer = Self { tools, host };
        progress::step("the fuzz targets, instrumented", || fuzzer.cargo("build").args(["--bins"]).run())?;
        Ok(fuzzer)
    }

    /// Feeds `target` for `seconds`.
    ///
    /// # Errors
    /// When its property does not hold of an input: names the file with it, and how to see it again.
    pub(crate) fn search(&self, target: Target, seconds: u32, search: Search) -> Result<()> {
        let name = target.name();
        let artifacts = self.folder("fuzz/artifacts", name)?;
        let mut args = limits();
        args.extend([format!("-max_total_time={seconds}"), format!("-artifact_prefix={}/", artifacts.display())]);
        let dictionary = format!("fuzz/dictionaries/{name}.dict");
        if self.tools.project().path(&dictionary).exists() {
            args.push(format!("-dict={dictionary}"));
        }
        args.extend(self.corpora(name, search)?);
        let tool = self.target(target, &args);
        let searched = match search {
            Search::GoOn => tool.run(),
            Search::Repeat => tool.output().map(drop),
        };
        if searched.is_err() {
            bail!("{}", finding(name, newest(&artifacts)));
        }
        Ok(())
    }

    /// Feeds `target` one input.
    ///
    /// # Errors
    /// When its property does not hold of it.
    pub(crate) fn replay(&self, target: Target, input: &Path) -> Result<()> {
        let input = std::path::absolute(input).context("the input has no path")?;
        let mut args = limits();
        args.push(input.display().to_string());
        self.target(target, &args).run().with_context(|| format!("{} does not hold of it", target.name()))
    }

    /// The folder to write to, then the seeds. A search that repeats writes to an empty one.
    fn corpora(&self, name: &str, search: Search) -> Result<Vec<String>> {
        let grown = match search {
            Search::GoOn => self.folder("fuzz/grown", name)?,
            Search::Repeat => {
                let folder = self.folder("fuzz/grown/once", name)?;
                std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
                self.folder("fuzz/grown/once", name)?
            }
        };
        let mut args = vec![grown.display().to_string(), format!("fuzz/corpus/{name}")];
        if search == Search::Repeat {
            args.push("-seed=1".to_owned());
        }
        Ok(args)
    }

    fn folder(&self, parent: &str, name: &str) -> Result<PathBuf> {
        let folder = self.tools.project().path(parent).join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    fn target(&self, target: Target, args: &[String]) -> Tool {
        self.cargo("run").args(["--quiet", "--bin", target.name(), "--"]).args(args)
    }

    /// The target triple is named so that the flags are for the targets alone, not for build scripts and macros.
    fn cargo(&self, command: &str) -> Tool {
        let args = [command, "--locked", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", &self.host];
        self.tools.cargo().args(args).env("RUSTFLAGS", INSTRUMENTATION)
    }
}

/// An input that takes 5 s or 1 GiB is a finding too.
fn limits() -> Vec<String> {
    ["-timeout=5", "-rss_limit_mb=1024"].map(str::to_owned).into()
}

fn finding(name: &str, input: Option<PathBuf>) -> String {
    match input {
        Some(input) => format!(
            "{name} does not hold of an input, {path}; to see it again: cargo xtask fuzz {name} --input {path}",
            path = input.display()
        ),
        None => format!("{name} ended early, without an input; its own messages are above"),
    }
}

fn newest(folder: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.flatten();
    files.max_by_key(|file| file.metadata().and_then(|about| about.modified()).ok()).map(|file| file.path())
}
