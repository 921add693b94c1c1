//! What is left over is seen to: writes whose sender has fallen silent, outcomes that are unknown, writes that have waited.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use super::{ask, look, report, send};
use crate::{
    crashpoints::crashpoint,
    domain::{
        Timestamp,
        account::{Errand, WriteCommand, WriteReply},
        audit::Action,
        fault::{Code, Fault},
        ids::AccountId,
        planner::AppLease,
        write::{State, Write, WriteId},
    },
    ports::{EntropyExt, SqlValue, Statement, Unavailable},
    services::{
        Context,
        audit::{self, Deed},
        windows,
    },
};

/// How often in one go the object is asked what is due: what it answers may make more fall due.
const ROUNDS: usize = 10;
/// How often an isolate notes that an account has something to do, in ms.
const NOTE_EVERY_MS: u64 = 60_000;
/// How long an object may be late before the sweep sees to it, in ms.
const LATE_MS: u64 = 120_000;
/// How many accounts one sweep sees to.
const SWEPT_AT_ONCE: u64 = 50;
/// How many accounts' notes an isolate remembers.
const MOST: usize = 1000;

/// When this isolate has noted last that an account has something to do.
#[derive(Default)]
pub struct Noted(Mutex<BTreeMap<AccountId, Timestamp>>);

impl Noted {
    fn is_due(&self, owner: &AccountId, now: Timestamp) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() >= MOST {
            noted.clear();
        }
        let is_due = noted.get(owner).is_none_or(|at| now.ms_since(*at) >= NOTE_EVERY_MS);
        if is_due {
            noted.insert(owner.clone(), now);
        }
        is_due
    }
}

/// Notes, beside the answer, that `owner` has something to do from `at` on. Its object wakes itself; this is for the sweep.
pub(super) fn note(context: &Context, owner: &AccountId, at: Timestamp) {
    const NOTE: &str = "INSERT INTO accounts_due (name, due_at) VALUES (?1, ?2) \
        ON CONFLICT (name) DO UPDATE SET due_at = min(due_at, excluded.due_at)";
    if !context.memory.noted.is_due(owner, context.now()) {
        return;
    }
    let (worker, owner) = (context.beside(), owner.clone());
    let work = async move {
        let parameters: Vec<SqlValue> = vec![owner.as_str().into(), at.as_ms().into()];
        // Should it not be noted, the object's own alarm is left.
        let _ = worker.sql().batch(vec![Statement::new(NOTE, parameters)]).await;
    };
    context.ports.background.spawn(Box::pin(work));
}

/// Sees to the accounts that should have woken themselves and did not. Answers how many there were.
///
/// # Errors
/// [`Code::Unavailable`] when the database does not answer; who was not seen to stays noted.
pub async fn overdue(context: &Context) -> Result<usize, Fault> {
    const LATE: &str = "SELECT name, due_at FROM accounts_due WHERE due_at < ?1 ORDER BY due_at LIMIT ?2";
    const DONE: &str = "DELETE FROM accounts_due WHERE name = ?1 AND due_at = ?2";
    let out_of_reach = |_: Unavailable| Fault::new(Code::Unavailable, "The database does not answer.");
    let late: Vec<SqlValue> = vec![context.now().minus_ms(LATE_MS).as_ms().into(), SWEPT_AT_ONCE.into()];
    let rows = context.sql().query(Statement::new(LATE, late)).await.map_err(out_of_reach)?;
    for row in &rows {
        let name = row.get("name").and_then(|name| name.as_str()).unwrap_or_default();
        let due_at = row.get("due_at").and_then(serde_json::Value::as_i64).unwrap_or_default();
        if let Ok(owner) = AccountId::of_object(name)
            && !see_to(context, &owner).await
        {
            continue;
        }
        let parameters: Vec<SqlValue> = vec![name.into(), due_at.into()];
        context.sql().batch(vec![Statement::new(DONE, parameters)]).await.map_err(out_of_reach)?;
    }
    Ok(rows.len())
}

/// Does what is due for `owner`. Answers whether the object could be asked; what could not be done stays due.
pub async fn see_to(context: &Context, owner: &AccountId) -> bool {
    crashpoint!(context, "write.woken", owner.as_str());
    let mut app_lease = None;
    for _ in 0..ROUNDS {
        let Ok(lease) = context.ports.entropy.bytes::<16>().map(hex::encode) else { return false };
        let asked_at = context.now();
        match ask(context, owner, WriteCommand::Due { lease, app_lease: app_lease.take() }).await {
            Ok(WriteReply::Errands(errands)) if errands.is_empty() => return true,
            Ok(WriteReply::Errands(errands)) => app_lease = run(context, owner, errands, asked_at).await,
            _ => return false,
        }
    }
    true
}

/// Runs `errands`, and answers with the lease that the app's object has granted, if one was wanted.
async fn run(context: &Context, owner: &AccountId, errands: Vec<Errand>, asked_at: Timestamp) -> Option<AppLease> {
    let mut app_lease = None;
    // Each with when leave was asked for it.
    let mut errands: VecDeque<(Errand, Timestamp)> = errands.into_iter().map(|errand| (errand, asked_at)).collect();
    while let Some((errand, asked_at)) = errands.pop_front() {
        match errand {
            Errand::Send { lease, write } => {
                crashpoint!(context, "write.again-leave-given", owner.as_str());
                let sent = send::send(context, owner, &write, asked_at).await;
                crashpoint!(context, "write.again-answer-received", owner.as_str());
                let kept = report(context, owner, &write.id, &lease, sent.outcome, false).await;
                record(context, owner, &kept.ok().flatten().unwrap_or(*write));
            }
            // Where there is none, the account's object has been told until when.
            Errand::AppLease { want } => app_lease = windows::lease(context, owner, want).await.ok(),
            Errand::Look { lease, writes } => {
                let glances = look::look(context, owner, &writes).await;
                crashpoint!(context, "write.looked", owner.as_str());
                let looked = WriteCommand::Looked { lease, glances };
                let asked_at = context.now();
                if let Ok(WriteReply::Errands(more)) = ask(context, owner, looked).await {
                    errands.extend(more.into_iter().map(|errand| (errand, asked_at)));
                }
                for write in &writes {
                    record_as_kept(context, owner, &write.id).await;
                }
            }
        }
    }
    app_lease
}

/// Records what became of the write called `id`, if that is known.
pub(super) async fn record_as_kept(context: &Context, owner: &AccountId, id: &WriteId) {
    if let Ok(WriteReply::Shown(Some(write))) = ask(context, owner, WriteCommand::Show { id: id.clone() }).await {
        record(context, owner, &write);
    }
}

/// The request that wanted the write has been answered long ago: what became of it is told by a row of its own.
fn record(context: &Context, owner: &AccountId, write: &Write) {
    if !write.state.is_settled() {
        return;
    }
    let outcome = match &write.state {
        State::Done => Ok(()),
        State::Failed { code, detail } => {
            Err(Fault::new(Code::of_slug(code).unwrap_or(Code::Internal), detail.clone()))
        }
        _ => Err(Fault::new(Code::OutcomeUnknown, "")),
    };
    let deed = Deed::new(Action::WriteSettle).for_account(owner).to(write.id.as_str());
    audit::record(context, deed, &outcome);
}
