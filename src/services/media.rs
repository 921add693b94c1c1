//! Media: uploading of any size in constant memory, and what is said and asked of a medium afterwards.
//!
//! # The way of an upload
//!
//! The file arrives as a stream and is cut into segments of 1 MiB. The first one shows what the file is; with that and the file's
//! size the [plan](crate::x::media::plan) is made: one request, or a beginning, segments and an end. While a segment is on its way
//! to X the next one is read, so at most two are held in memory, and the client is read no faster than X takes.
//!
//! X must know the size before the first segment. A file that ends within its first segment shows it; a longer one must be
//! announced, with `Content-Length` or `total_bytes`.
//!
//! A client that cannot send the file in one request sends [parts](resumable).

mod describe;
mod processing;
mod recognize;
pub mod resumable;
mod segments;
mod send;
mod session;
mod subtitles;
mod uploaded;

pub use describe::describe;
pub use processing::status;
pub use segments::{Chunks, Source};
pub use send::{Receipt, Wishes, upload};
pub use subtitles::{add_subtitles, remove_subtitles};
pub use uploaded::Uploaded;
