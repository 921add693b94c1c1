//! The tick: what was left lying is picked up.

use crate::{
    domain::fault::Fault,
    services::{Context, audit, writes},
};

/// Moves parked audit rows into the database, and sees to accounts that did not wake themselves. What cannot be done waits for the
/// next tick.
pub async fn sweep(context: &Context) {
    match audit::replay(context).await {
        Ok(done) if done.replayed == 0 && !done.remaining => {}
        Ok(done) => context.ports.log.write(&serde_json::json!({ "level": "info", "message": "sweep", "audit": done })),
        Err(fault) => failed(context, &fault),
    }
    match writes::overdue(context).await {
        Ok(0) => {}
        Ok(seen_to) => {
            context.ports.log.write(&serde_json::json!({ "level": "info", "message": "sweep", "accounts": seen_to }));
        }
        Err(fault) => failed(context, &fault),
    }
}

fn failed(context: &Context, fault: &Fault) {
    context.ports.log.write(&serde_json::json!({ "level": "error", "message": "sweep", "code": fault.code.slug() }));
}
