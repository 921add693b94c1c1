//! API keys: looking one up, and making, rotating and revoking them.
//!
//! D1 holds the truth, KV a copy to look up, the isolate a copy of that for at most a minute. What makes a revoked key stop
//! within a second is not here but in `limits`: the key's `Allowance` object knows the newest version of the record, and an
//! isolate asks it at least once a second.

mod list;
mod lookup;
mod make;
mod oauth1;
mod refresh_handle;
mod revise;
mod rotate;
mod store;
mod terms;

use super::Context;
use crate::{
    domain::{
        api_key::KeyRecord,
        fault::{Code, Fault},
    },
    ports::Unavailable,
};

pub use list::{Page, get, page};
pub use lookup::{Remembered, look_up, lookup, newest, origin_is_known, recent, remembered};
pub use make::{Made, New, create};
pub use oauth1::{SigningValues, end_oauth1, issue_oauth1};
pub use refresh_handle::{end_handles, issue_handle};
pub use revise::{change, revoke};
pub use rotate::rotate;
pub use store::{announce, insert, load, load_all, update};
pub use terms::{Accounts, Terms};

/// Lets everybody know the newest version of a record: this isolate at once, the others through the key's object.
async fn tell(context: &Context, record: &KeyRecord) {
    let newest = std::sync::Arc::new(record.clone());
    context.memory.keys.remember(&record.kid, Some(newest), context.now());
    if let Err(unavailable) = announce(context, record).await {
        // The change stands; until its copies expire, other isolates may not know.
        context.ports.log.write(&serde_json::json!({
            "level": "error", "message": "a key's change could not be announced", "key_id": record.kid.as_str(),
            "reason": unavailable.to_string(), "request_id": context.call.request_id,
        }));
    }
}

fn unknown() -> Fault {
    Fault::new(Code::KeyNotFound, "There is no key of this id; GET /v1/keys lists those there are.")
}

fn overtaken() -> Fault {
    let detail = "Somebody else is changing this key. Read it again, and decide again.";
    Fault::new(Code::Conflict, detail)
}

fn out_of_reach(unavailable: &Unavailable) -> Fault {
    let detail = format!("Keys cannot be read or changed at the moment: {} does not answer.", unavailable.part);
    Fault::new(Code::Unavailable, detail).with_retry_after(2)
}
