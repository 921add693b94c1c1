//! Who asks: the holder of an API key, or a client that signs with values which a key has issued.

use std::sync::Arc;

use http::request::Parts;

use super::{api_key, signature};
use crate::{
    domain::{
        api_key::KeyRecord,
        caller::Caller,
        fault::{Code, Fault},
    },
    services::{Context, signatures::Signer},
};

/// Who asks, as far as the head of the request tells.
#[derive(Clone, Debug)]
pub enum Identity {
    /// The holder of this key.
    Holder(Arc<KeyRecord>),
    /// A client that signs.
    Signer(Signer),
}

/// Tells who asks from the headers `Authorization` and `X-API-Key`.
///
/// # Errors
/// As [`api_key::identify`] and [`signature::identify`].
pub async fn identify(context: &Context, parts: &Parts) -> Result<Identity, Fault> {
    match signature::presented(&parts.headers) {
        Some(authorization) => signature::identify(context, parts, authorization).await.map(Identity::Signer),
        None => api_key::identify(context, &parts.headers).await.map(Identity::Holder),
    }
}

impl Identity {
    /// The record that the request was checked with.
    pub const fn record(&self) -> &Arc<KeyRecord> {
        match self {
            Self::Holder(record) => record,
            Self::Signer(signer) => &signer.record,
        }
    }

    /// The caller, with the record as the key's object has it now, if it let the request through.
    ///
    /// # Errors
    /// As the object refused; [`Code::InvalidSignature`] when what was signed with has ended since the record was read.
    pub fn caller(self, newest: Result<Arc<KeyRecord>, Fault>) -> Result<Caller, Fault> {
        match (self, newest) {
            (Self::Holder(_), newest) => newest.map(Caller::new),
            (Self::Signer(signer), Ok(newest)) if signer.holds(&newest) => Ok(Caller::bound_to(newest, signer.account)),
            (Self::Signer(_), Err(fault)) if fault.code != Code::InvalidKey => Err(fault),
            (Self::Signer(_), _) => Err(signature::refusal()),
        }
    }
}
