//! What we know of X: how its requests are signed, its errors read, its texts measured and its uploads planned.
//!
//! Pure: bytes and values in, values out.

pub mod errors;
pub mod oauth1;
pub mod text;
