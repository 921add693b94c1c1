//! Was the Worker made from the sources as they are now? A hash of their bytes says so: times lie after a checkout.

use super::Profile;
use crate::project::Project;
use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

const NAME: &str = ".stamp";

/// Everything the Worker is made of, and what decides how it is made.
const SOURCES: [&str; 7] =
    ["src", "build.rs", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "package-lock.json", ".cargo"];

/// The stamp that a build of these sources leaves.
pub(super) fn of_sources(project: &Project, profile: Profile) -> Result<String> {
    let roots = SOURCES.map(|source| project.path(source));
    Ok(format!("{} {}\n", profile.name(), hash(&roots)?))
}

/// The stamp of the last whole build, while its modules are there.
pub(super) fn read(project: &Project, profile: Profile) -> Option<String> {
    let folder = project.path(profile.folder());
    folder.join("index_bg.wasm").exists().then(|| std::fs::read_to_string(folder.join(NAME)).ok())?
}

pub(super) fn write(project: &Project, profile: Profile, stamp: &str) -> Result<()> {
    std::fs::write(project.path(profile.folder()).join(NAME), stamp).context("cannot write the stamp of the build")
}

/// SHA-256 over names and contents of all files below `roots`, in the order of their names.
fn hash(roots: &[PathBuf]) -> Result<String> {
    let mut files = Vec::new();
    for root in roots {
        collect(root, &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(file.as_os_str().as_encoded_bytes());
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    Ok(URL_SAFE_NO_PAD.encode(hash.finalize()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))? {
            collect(&entry?.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_contents_and_names_of_all_files() {
        let folder = std::env::temp_dir().join(format!("perch-stamp-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("deep")).unwrap();
        let roots = [folder.clone()];
        std::fs::write(folder.join("deep/a.rs"), "1").unwrap();
        let first = hash(&roots).unwrap();
        std::fs::write(folder.join("deep/a.rs"), "1").unwrap();
        let same = hash(&roots).unwrap();
        std::fs::write(folder.join("deep/a.rs"), "2").unwrap();
        let edited = hash(&roots).unwrap();
        std::fs::rename(folder.join("deep/a.rs"), folder.join("deep/b.rs")).unwrap();
        let renamed = hash(&roots).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(first, same);
        assert_ne!(first, edited);
        assert_ne!(edited, renamed);
    }
}
