//! What perch does without being asked: messages of its queues, and the ticks of its clock.
//!
//! A message is either done or comes again; a job never fails as a whole, because the platform takes that for a crash.

mod audit_batch;
mod audit_dead;
mod message;
mod sweep;
mod wake;

pub use audit_batch::audit_batch;
pub use audit_dead::audit_dead;
pub use message::Verdict;
pub use sweep::sweep;
pub use wake::wake;
