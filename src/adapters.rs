//! The ports, kept: on Cloudflare's platform, and in memory for native tests.

#[cfg(target_arch = "wasm32")]
pub mod cloudflare;
#[cfg(not(target_arch = "wasm32"))]
pub mod memory;
pub mod sealed_box;
