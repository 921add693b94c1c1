//! API keys: looking one up, and making, rotating and revoking them.
//!
//! D1 holds the truth, KV a copy to look up, the isolate a copy of that for at most a minute. What makes a revoked key stop
//! within a second is not here but in `limits`: the key's `Allowance` object knows the newest version of the record, and an
//! isolate asks it at least once a second.

mod lookup;
mod store;

pub use lookup::{Remembered, lookup, newest, origin_is_known};
pub use store::{announce, insert, load, load_all, update};
