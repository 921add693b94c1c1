//! That a new access token has worked once: then the object need not keep what it was exchanged for.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    domain::{
        account::{Account, Command},
        ids::AccountId,
    },
    ports::ObjectsExt,
    services::Context,
};

/// The generations that this isolate has brought and not yet seen at work. Should it not live to see that, the object keeps a token more.
#[derive(Default)]
pub struct Unproven(Mutex<BTreeMap<AccountId, u64>>);

impl Unproven {
    pub(super) fn brought(&self, account: &AccountId, generation: u64) {
        self.lock().insert(account.clone(), generation);
    }

    /// Whether `generation` was waited for; then it is no more.
    fn take(&self, account: &AccountId, generation: u64) -> bool {
        let mut unproven = self.lock();
        let waited_for = unproven.get(account) == Some(&generation);
        if waited_for {
            unproven.remove(account);
        }
        waited_for
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<AccountId, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// X has taken the access token of `generation`: it answered `status`.
pub fn worked(context: &Context, account: &AccountId, generation: u64, status: u16) {
    if status != 401 && context.memory.unproven.take(account, generation) {
        let (worker, account) = (context.beside(), account.clone());
        let work = async move {
            let command = Command::Worked { generation };
            // If it does not arrive, the object keeps a token more.
            let _ = worker.objects().ask::<Account>(account.as_str(), &command).await;
        };
        context.ports.background.spawn(Box::pin(work));
    }
}
