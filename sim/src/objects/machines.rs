//! perch's own machines, whichever an object carries.

use perch::{
    adapters::memory::MemoryRecords,
    domain::{
        Timestamp,
        account::{Account, Command, Reply, TokenState},
        allowance::Allowance,
        attempt::Attempt,
        breaker::Breaker,
        machine::{Machine, Object},
        nonces::Nonces,
    },
};

use super::rows::Rows;

/// A living object's machine.
pub(crate) enum AnyMachine {
    Attempt(Box<Attempt>),
    Account(Box<Account>),
    Allowance(Box<Allowance>),
    Breaker(Box<Breaker>),
    Nonces(Box<Nonces>),
}

/// What a step came to, as bytes.
pub(crate) struct Stepped {
    /// The reply; nothing parks the caller.
    pub(crate) reply: Option<Vec<u8>>,
    /// The value to store, if the step asks for it.
    pub(crate) value: Option<Vec<u8>>,
    /// Whether rows were written.
    pub(crate) are_rows_written: bool,
    /// When the object wants to be woken.
    pub(crate) wakes_at: Option<Timestamp>,
}

/// What an account is worth, as its own rules tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its generation.
    pub(crate) generation: u64,
    /// Whether it has been given up.
    pub(crate) needs_reconnect: bool,
}

impl AnyMachine {
    /// The machine of `object` as it was stored.
    pub(crate) fn load(object: Object, value: Option<&[u8]>) -> serde_json::Result<Self> {
        Ok(match object {
            Object::Attempt => Self::Attempt(read(value)?),
            Object::Account => Self::Account(read(value)?),
            Object::Allowance => Self::Allowance(read(value)?),
            Object::Breaker => Self::Breaker(read(value)?),
            Object::Nonces => Self::Nonces(read(value)?),
        })
    }

    /// Steps it over its rows.
    pub(crate) fn step(
        &mut self,
        rows: &mut MemoryRecords,
        command: &[u8],
        now: Timestamp,
    ) -> serde_json::Result<Stepped> {
        match self {
            Self::Attempt(machine) => step(&mut **machine, rows, command, now),
            Self::Account(machine) => step(&mut **machine, rows, command, now),
            Self::Allowance(machine) => step(&mut **machine, rows, command, now),
            Self::Breaker(machine) => step(&mut **machine, rows, command, now),
            Self::Nonces(machine) => step(&mut **machine, rows, command, now),
        }
    }

    /// When it wants to be woken.
    pub(crate) fn wakes_at(&self, rows: &MemoryRecords) -> Option<Timestamp> {
        if let Self::Account(account) = self { account.wakes_at(rows) } else { None }
    }

    /// An account's standing; nothing for other objects.
    pub(crate) fn standing(&self, now: Timestamp) -> Option<Standing> {
        let Self::Account(account) = self else { return None };
        match account.clone().step(Command::Health, now).reply {
            Some(Reply::Health(health)) => Some(Standing {
                generation: health.generation,
                needs_reconnect: matches!(health.state, TokenState::NeedsReauth(_)),
            }),
            _ => None,
        }
    }
}

fn read<M: Machine>(value: Option<&[u8]>) -> serde_json::Result<Box<M>> {
    value.map_or_else(|| Ok(Box::default()), serde_json::from_slice)
}

fn step<M: Machine>(
    machine: &mut M,
    rows: &mut MemoryRecords,
    command: &[u8],
    now: Timestamp,
) -> serde_json::Result<Stepped> {
    let mut rows = Rows::of(rows);
    let step = machine.step_over(&mut rows, serde_json::from_slice(command)?, now);
    Ok(Stepped {
        reply: step.reply.map(|reply| serde_json::to_vec(&reply)).transpose()?,
        value: if step.store { Some(serde_json::to_vec(machine)?) } else { None },
        are_rows_written: rows.are_written,
        wakes_at: machine.wakes_at(&rows),
    })
}
