//! What we know of X: its endpoints, how its requests are signed, its errors read, its texts measured and its uploads planned.
//!
//! Pure: bytes and values in, values out.

pub mod catalogue;
pub mod endpoints;
pub mod errors;
pub mod media;
pub mod multipart;
pub mod oauth1;
pub mod oauth2;
pub mod operation;
pub mod sighting;
pub mod text;
pub mod windows;

/// What perch calls itself towards X. X asks for a name with a version.
pub const USER_AGENT: &str = concat!("perch/", env!("CARGO_PKG_VERSION"));
