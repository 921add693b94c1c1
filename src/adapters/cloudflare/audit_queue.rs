//! The queue of audit rows. A message is one row as JSON text.

use worker::{BatchMessageBuilder, send::SendFuture};

use super::Bindings;
use crate::{
    domain::audit::AuditRow,
    ports::{AuditQueue, Unavailable},
};

/// The queue bound as `AUDIT_QUEUE`.
#[async_trait::async_trait]
impl AuditQueue for Bindings {
    async fn send(&self, rows: &[AuditRow]) -> Result<(), Unavailable> {
        let texts = rows.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        let texts = texts.map_err(|e| Unavailable::new("queue", e))?;
        let send = async {
            let batch = BatchMessageBuilder::new().messages(texts).build();
            self.0.queue("AUDIT_QUEUE")?.send_batch(batch).await
        };
        SendFuture::new(send).await.map_err(|e| Unavailable::new("queue", e))
    }
}
