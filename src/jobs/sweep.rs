//! The tick: what was left lying is picked up.

use crate::services::{Context, audit};

/// Moves parked audit rows into the database. What cannot be moved waits for the next tick.
pub async fn sweep(context: &Context) {
    let line = match audit::replay(context).await {
        Ok(done) if done.replayed == 0 && !done.remaining => return,
        Ok(done) => serde_json::json!({ "level": "info", "message": "sweep", "audit": done }),
        Err(fault) => serde_json::json!({ "level": "error", "message": "sweep", "code": fault.code.slug() }),
    };
    context.ports.log.write(&line);
}
