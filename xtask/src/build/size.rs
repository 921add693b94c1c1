//! How large the Worker is.

use anyhow::{Context, Result, ensure};
use std::fmt;
use std::io::Write;
use std::path::Path;

/// The most a release may have, gzipped, in bytes.
const BUDGET: u64 = 1_150_000;

/// What is uploaded, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) raw: u64,
    pub(crate) gzip: u64,
}

impl Size {
    /// The size of the modules in `build`: the entry's JavaScript and the wasm it loads.
    pub(super) fn of(build: &Path) -> Result<Self> {
        let mut size = Self { raw: 0, gzip: 0 };
        for name in ["index.js", "index_bg.wasm"] {
            let bytes = std::fs::read(build.join(name)).with_context(|| format!("the build made no {name}"))?;
            size.raw += bytes.len() as u64;
            size.gzip += gzipped(&bytes)?;
        }
        Ok(size)
    }

    /// # Errors
    /// When the Worker is larger than it may be.
    pub(crate) fn must_keep_to_budget(self) -> Result<()> {
        ensure!(self.gzip <= BUDGET, "the Worker has {} KB gzip, its budget is {} KB", self.gzip / 1000, BUDGET / 1000);
        Ok(())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} KB, {} KB gzip", self.raw / 1000, self.gzip / 1000)
    }
}

fn gzipped(bytes: &[u8]) -> Result<u64> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_modules_count_and_a_missing_one_is_an_error() {
        let folder = std::env::temp_dir().join(format!("perch-size-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.js"), [b'x'; 5000]).unwrap();
        let missing = Size::of(&folder);
        std::fs::write(folder.join("index_bg.wasm"), [b'y'; 7000]).unwrap();
        let size = Size::of(&folder).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(missing.is_err());
        assert_eq!(size.raw, 12_000);
        assert!((20..200).contains(&size.gzip), "{}", size.gzip);
    }

    #[test]
    fn the_budget_counts_what_is_gzipped() {
        assert!(Size { raw: 9_000_000, gzip: BUDGET }.must_keep_to_budget().is_ok());
        assert!(Size { raw: 9_000_000, gzip: BUDGET + 1 }.must_keep_to_budget().is_err());
    }
}
