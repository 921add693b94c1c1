//! The queue of audit rows.

use super::Unavailable;
use crate::domain::audit::AuditRow;

/// Takes audit rows on their way to the database.
#[async_trait::async_trait]
pub trait AuditQueue: Send + Sync {
    /// Sends `rows` as one message each.
    ///
    /// # Errors
    /// When the queue refuses; the caller then writes the rows itself.
    async fn send(&self, rows: &[AuditRow]) -> Result<(), Unavailable>;
}
