//! Everything the gateway answered, kept for the scan at the end.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What was answered, and which secrets the tests were given.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    answers: Mutex<Vec<u8>>,
    secrets: Mutex<Vec<(String, String)>>,
}

impl Archive {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), answers: Mutex::default(), secrets: Mutex::default() }
    }

    /// The folder with wrangler's store and the gateway's log.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps an answer.
    pub fn keep(&self, bytes: &[u8]) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.extend_from_slice(bytes);
        answers.push(b'\n');
    }

    /// Remembers a secret, under a name that may be printed.
    pub fn know(&self, name: impl Into<String>, secret: impl Into<String>) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.push((name.into(), secret.into()));
    }

    /// All answers, one after the other.
    pub fn answers(&self) -> Vec<u8> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The secrets that must stand nowhere, each with its name.
    pub fn secrets(&self) -> Vec<(String, String)> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
