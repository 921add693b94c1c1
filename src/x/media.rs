//! The plan of an upload: what X takes, in which category, and in how many requests.
//!
//! Source: X API v2, `/2/media/upload` (spec 2.167) and the media limits of X's documentation of 2026-08.
//!
//! # Design
//!
//! X takes pictures of 5 MB in one request, but its edge has answered 413 to bodies of 5 MiB and 431 to 5 MB. One
//! segment of 1 MiB is known to pass, so that is the most that goes up in one request; the rest goes in segments of
//! that size, which any server must take. One segment is also all that is ever held in memory.

mod kind;
mod plan;
mod processing;
mod sniff;

pub use kind::{Category, MediaType};
pub use plan::{MediaRefusal, SEGMENT_BYTES, UploadPlan, plan};
pub use processing::Processing;
pub use sniff::{SNIFFED_BYTES, sniff};

#[cfg(test)]
mod tests;
