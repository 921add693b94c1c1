//! The audit trail. Writing it: through the queue, and straight into the database when the queue refuses. What the queue could not
//! deliver either waits in KV ([`park`]) until the database takes it ([`replay`]).

mod gather;
mod parked;
mod query;

use sha2::{Digest, Sha256};

use super::Context;
use crate::{
    domain::{
        api_key::KeyId,
        audit::{Action, AuditRow},
        fault::Fault,
        ids::AccountId,
    },
    ports::{EntropyExt, SqlValue, Statement, Unavailable},
};

pub use gather::Gathered;
pub use parked::{Replayed, park, replay};
pub use query::{Entry, Filter, Page, query};

/// Where rows have come while others were sent, more are coming: so long they are gathered before the next sending, in ms.
const GATHER_MS: u64 = 25;
/// How long one request's work goes on sending the rows of others, in ms.
const TURNS_MS: u64 = 5_000;
/// The most rows that are written at once.
pub const BATCH: usize = 50;

/// Something that was done, before it becomes a row.
#[derive(Clone, Debug)]
pub struct Deed {
    /// What was done.
    pub action: Action,
    /// By which key.
    pub key_id: Option<KeyId>,
    /// For which account.
    pub account_id: Option<AccountId>,
    /// To what.
    pub target: Option<String>,
    /// SHA-256 of the text that was sent.
    pub text_sha256: Option<String>,
    /// Why, where a reason is asked for.
    pub reason: Option<String>,
}

impl Deed {
    /// `action`, by nobody and to nothing yet.
    pub const fn new(action: Action) -> Self {
        Self { action, key_id: None, account_id: None, target: None, text_sha256: None, reason: None }
    }

    /// By the key `kid`.
    #[must_use]
    pub fn by(mut self, kid: &KeyId) -> Self {
        self.key_id = Some(kid.clone());
        self
    }

    /// For `account`.
    #[must_use]
    pub fn for_account(mut self, account: &AccountId) -> Self {
        self.account_id = Some(account.clone());
        self
    }

    /// To `target`.
    #[must_use]
    pub fn to(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Sending `text`, of which only the hash is kept.
    #[must_use]
    pub fn sending(mut self, text: &str) -> Self {
        self.text_sha256 = Some(hex::encode(Sha256::digest(text)));
        self
    }

    /// For `reason`.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// Records `deed` with its `outcome`, beside the answer: neither a slow queue nor a client that leaves delays or loses it.
pub fn record<T>(context: &Context, deed: Deed, outcome: &Result<T, Fault>) {
    let outcome = outcome.as_ref().map_or_else(|fault| fault.code.slug(), |_| "ok");
    let row = row(context, deed, outcome);
    if context.memory.audit.gather(row, context.now()) {
        let writer = context.beside();
        context.ports.background.spawn(Box::pin(async move { send_gathered(&writer).await }));
    }
}

/// Sends what has been gathered until there is no more, or the sender's turns are over: the platform ends work beside an answer
/// half a minute after its client has left, and rows in its hands would end with it.
async fn send_gathered(context: &Context) {
    let until = context.now().plus_ms(TURNS_MS);
    loop {
        let last = context.now() >= until;
        let Some(rows) = context.memory.audit.take(context.now(), last) else {
            return;
        };
        write(context, &rows).await;
        if last {
            return;
        }
        if context.memory.audit.is_waiting() {
            context.ports.timer.sleep(GATHER_MS).await;
        }
    }
}

fn row(context: &Context, deed: Deed, outcome: &str) -> AuditRow {
    let now = context.now();
    AuditRow {
        id: row_id(context),
        at: now,
        key_id: deed.key_id.map(Into::into),
        account_id: deed.account_id.map(Into::into),
        action: deed.action,
        target: deed.target,
        outcome: outcome.to_owned(),
        correlation_id: context.call.request_id.clone(),
        text_sha256: deed.text_sha256,
        reason: deed.reason,
    }
}

/// Ordered by time, unique by chance; should there be no entropy, the correlation id still makes it the request's own.
fn row_id(context: &Context) -> String {
    let chance = context.ports.entropy.bytes::<8>().map(u64::from_le_bytes);
    let tail = chance.map_or_else(|_| context.call.request_id.clone(), |chance| format!("{chance:016x}"));
    format!("{:012x}-{tail}", context.now().as_ms())
}

async fn write(context: &Context, rows: &[AuditRow]) {
    for rows in rows.chunks(BATCH) {
        write_batch(context, rows).await;
    }
}

async fn write_batch(context: &Context, rows: &[AuditRow]) {
    let Err(queue) = context.ports.audit.send(rows).await else {
        return;
    };
    let Err(database) = insert(context, rows).await else {
        return;
    };
    for row in rows {
        // The log is the last witness; a row holds no secret, so it may stand there whole.
        let line = serde_json::json!({
            "level": "error", "message": "an audit row could not be written", "row": row,
            "queue": queue.to_string(), "database": database.to_string(),
        });
        context.ports.log.write(&line);
    }
}

/// Writes `rows` into the database; those already there stay as they are.
///
/// # Errors
/// When the database does not take them; then none is written.
pub async fn insert(context: &Context, rows: &[AuditRow]) -> Result<(), Unavailable> {
    const INSERT: &str = "INSERT OR IGNORE INTO audit \
        (id, at, key_id, account_id, action, target, outcome, correlation_id, text_sha256, reason) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let statements = rows.iter().map(|row| {
        let parameters: Vec<SqlValue> = vec![
            row.id.clone().into(),
            row.at.as_ms().into(),
            row.key_id.clone().into(),
            row.account_id.clone().into(),
            row.action.name().into(),
            row.target.clone().into(),
            row.outcome.clone().into(),
            row.correlation_id.clone().into(),
            row.text_sha256.clone().into(),
            row.reason.clone().into(),
        ];
        Statement::new(INSERT, parameters)
    });
    context.sql().batch(statements.collect()).await.map(|_| ())
}
