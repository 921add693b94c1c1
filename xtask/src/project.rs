//! Where the things of this repository are.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The repository's root and the paths below it that the commands share.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// The repository this binary was built from, so that a command works from every folder of it.
    pub(crate) fn open() -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.parent().context("xtask has no parent folder")?;
        Ok(Self { root: root.to_owned() })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Tools made by `cargo install`.
    pub(crate) fn cargo_bin(&self, name: &str) -> PathBuf {
        self.path(".tools/bin").join(name)
    }

    /// Tools brought by npm.
    pub(crate) fn node_bin(&self, name: &str) -> PathBuf {
        self.path("node_modules/.bin").join(name)
    }

    /// What `dev` remembers between two starts. Git ignores it.
    pub(crate) fn memory(&self, name: &str) -> PathBuf {
        self.path(".perch").join(name)
    }
}

/// Writes a file only its owner may read: it holds secrets.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(path).and_then(|mut file| {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?; // it may have existed with a wider mode
        file.write_all(text.as_bytes())
    });
    written.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_private_file_loses_the_wider_mode_it_had() {
        let path = std::env::temp_dir().join(format!("perch-private-{}", std::process::id()));
        std::fs::write(&path, "before").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        write_private(&path, "after").unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!((mode, text.as_str()), (0o600, "after"));
    }
}
