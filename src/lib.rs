//! perch: a self-hosted edge gateway for the X API v2.

pub mod adapters;
pub mod api;
pub mod app;
pub mod config;
mod crashpoints;
pub mod domain;
#[cfg(target_arch = "wasm32")]
mod entry;
pub mod gateway;
pub mod jobs;
pub mod ports;
pub mod relay;
pub mod services;
pub mod x;
