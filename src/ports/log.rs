//! The log.

/// Takes one JSON object per event, already free of secrets.
pub trait Log: Send + Sync {
    /// Writes one line.
    fn write(&self, line: &serde_json::Value) {
        self.write_text(&line.to_string());
    }

    /// Writes one line that is JSON text already.
    fn write_text(&self, line: &str);
}
