//! The time.

use crate::domain::Timestamp;

/// Tells the time. On the platform it stands still between I/O events.
pub trait Clock: Send + Sync {
    /// This moment.
    fn now(&self) -> Timestamp;
}
