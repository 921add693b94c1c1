//! An X API v2 that can misbehave.
//!
//! The sandbox keeps users, tweets and tokens in memory, follows X's published API, plays faults on command and keeps a
//! ledger of every request it saw and every effect it committed. Tests believe the ledger.
//!
//! A request's way: [`server`] accepts the connection, `dispatch` notes the request and reads it, `play` applies the
//! fault that waits for it, `gate` checks who is asking, an endpoint of `endpoints` changes the `state`, and `edge` adds
//! the headers X adds.

mod answer;
mod bookmarks;
mod call;
mod caller;
mod clock;
mod config;
mod control;
mod crashpoints;
mod dispatch;
mod edge;
mod endpoints;
mod engagement;
mod entropy;
mod faults;
mod fields;
mod follows;
mod gate;
mod hidden_replies;
mod ledger;
mod likes;
pub mod limits;
pub mod media;
mod oauth1;
mod oauth2;
pub mod operations;
mod parting;
mod play;
mod refusal;
mod retweets;
mod rules;
mod scene;
pub mod server;
mod state;
mod streams;
pub mod text;
mod tweets;
mod users;
mod vectors;
mod watch;

pub use config::{Account, Config, DEFAULT_REDIRECT_URI};
pub use oauth1::{CONSUMER_KEY, CONSUMER_SECRET};
pub use oauth2::client::{CLIENT_ID, CLIENT_SECRET, PUBLIC_CLIENT_ID};
pub use server::{Running, Sandbox, serve, spawn};
