//! The log.

/// Takes one JSON object per event, already free of secrets.
pub trait Log: Send + Sync {
    /// Writes one line.
    fn write(&self, line: &serde_json::Value);
}
