//! The whole pipeline, natively: every request goes through [`App::fetch`](perch::app::App::fetch), over a world in memory and a
//! real SQLite. No test waits: the clock is moved by hand.

mod accounts;
mod audit;
mod browser;
mod connect;
mod keys;
mod media;
mod openapi;
mod pipeline;
mod sqlite;
mod upstream;
mod world;
