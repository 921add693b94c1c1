//! The C++ compiler, which libFuzzer is built with.

use crate::process::Tool;
use crate::project::Project;
use anyhow::{Result, bail};

/// Asks for it as the `cc` crate does: `CXX`, or else `c++`. A build script's own words come late and say little.
pub(crate) fn ensure(project: &Project) -> Result<()> {
    let program = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    if Tool::new(project, &program).args(["--version"]).output().is_err() {
        let program = program.to_string_lossy();
        bail!("the C++ compiler {program} is missing: apt-get install -y build-essential (or your system's like)");
    }
    Ok(())
}
