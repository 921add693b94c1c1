//! Twins of perch with one known flaw each, made of the real code by changing one thing on its way. A simulation that lets one
//! of them pass would let a real bug pass.

use std::sync::Arc;

use perch::domain::{
    account::{Account, Command, FailureClass, WriteCommand},
    write::Sight,
};
use serde_json::Value;

use crate::{objects::AnyMachine, scenario::Scenario};

/// What is wrong with a twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nobody decides who refreshes: whoever finds the token spent exchanges it.
    NoLease,
    /// A commit is taken from anybody, for any generation.
    NoFence,
    /// The account's state is in KV.
    StateInKv,
    /// The object answers before it has stored.
    ReplyFirst,
    /// A transient error of X disconnects the account.
    TransientIsFinal,
    /// A write is stored when it has been sent.
    SendThenStore,
    /// A write whose outcome is unknown is sent again without a look.
    BlindRetry,
    /// A write is looked for before X's timeline can show it.
    ShortSettle,
}

/// What the twin that stores after sending is asked, about which write.
pub(crate) enum Late {
    /// May it be sent?
    Begin(String),
    /// It was sent.
    Finish(String),
}

impl Flaw {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NoLease,
        Self::NoFence,
        Self::StateInKv,
        Self::ReplyFirst,
        Self::TransientIsFinal,
        Self::SendThenStore,
        Self::BlindRetry,
        Self::ShortSettle,
    ];

    /// The scenario that must catch it.
    pub const fn scenario(self) -> Scenario {
        match self {
            Self::NoLease | Self::NoFence | Self::StateInKv | Self::ReplyFirst | Self::TransientIsFinal => {
                Scenario::Refresh
            }
            Self::SendThenStore | Self::BlindRetry | Self::ShortSettle => Scenario::Writes,
        }
    }

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoLease => "no-lease",
            Self::NoFence => "no-fence",
            Self::StateInKv => "state-in-kv",
            Self::ReplyFirst => "reply-first",
            Self::TransientIsFinal => "transient-is-final",
            Self::SendThenStore => "send-then-store",
            Self::BlindRetry => "blind-retry",
            Self::ShortSettle => "short-settle",
        }
    }
}

impl Flaw {
    /// Changes what an account is about to be stepped with, or as what.
    pub(crate) fn bend(self, machine: &mut AnyMachine, command: &mut Arc<[u8]>) {
        if let AnyMachine::Account(account) = machine
            && let Ok(asked) = serde_json::from_slice(command)
            && let Some(bent) = self.bent(account, asked)
        {
            *command = bent.into();
        }
    }

    /// The changed command, if it is changed.
    fn bent(self, account: &mut Account, asked: Command) -> Option<Vec<u8>> {
        match (self, asked) {
            (Self::NoLease, Command::Token(_)) => edit(account, |value| {
                set(value, "/refresh/held", Value::Null);
                set(value, "/refresh/wait", Value::Null);
            }),
            (Self::NoLease, Command::Commit(_)) => edit(account, |value| set(value, "/refresh/held", Value::Null)),
            (Self::NoFence, Command::Commit(commit)) => edit(account, |value| {
                set(value, "/refresh/held", Value::Null);
                set(value, "/refresh/committed", Value::Null);
                set(value, "/generation", (commit.generation - 1).into());
            }),
            (Self::TransientIsFinal, Command::RefreshFailed { lease_id, reason, .. }) => {
                let class = FailureClass::GrantDead;
                return serde_json::to_vec(&Command::RefreshFailed { lease_id, class, reason }).ok();
            }
            (Self::BlindRetry | Self::ShortSettle, Command::Write(write)) => {
                return serde_json::to_vec(&Command::Write(Box::new(self.bent_write(*write)))).ok();
            }
            _ => {}
        }
        None
    }

    fn bent_write(self, mut asked: WriteCommand) -> WriteCommand {
        match &mut asked {
            WriteCommand::Begin(begin) => begin.terms.settle_ms = 100,
            WriteCommand::Looked { glances, .. } if self == Self::BlindRetry => {
                for glance in glances {
                    glance.sights = vec![Sight::NotThere];
                }
            }
            _ => {}
        }
        asked
    }

    /// What the twin that stores after sending does otherwise with `command`, if anything.
    pub(crate) fn stores_after(self, command: &[u8]) -> Option<Late> {
        if self != Self::SendThenStore {
            return None;
        }
        let Command::Write(write) = serde_json::from_slice(command).ok()? else { return None };
        match *write {
            WriteCommand::Begin(begin) => Some(Late::Begin(begin.id.into())),
            WriteCommand::Finish { id, .. } => Some(Late::Finish(id.into())),
            _ => None,
        }
    }
}

/// Changes an account's value behind its back.
fn edit(account: &mut Account, change: impl FnOnce(&mut Value)) {
    let Ok(mut value) = serde_json::to_value(&*account) else { return };
    change(&mut value);
    if let Ok(changed) = serde_json::from_value(value) {
        *account = changed;
    }
}

fn set(value: &mut Value, pointer: &str, to: Value) {
    if let Some(place) = value.pointer_mut(pointer) {
        *place = to;
    }
}
