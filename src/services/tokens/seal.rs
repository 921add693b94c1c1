//! Sealing tokens, each bound to its account, X user, kind and generation.

use secrecy::SecretString;

use crate::{
    domain::{
        Sealed,
        fault::{Code, Fault},
        ids::{AccountId, UserId},
    },
    ports::{Binding, SealFault},
    services::Context,
};

/// Where a token belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The X user it speaks for.
    pub user: &'a UserId,
    /// Which refresh it came from.
    pub generation: u64,
}

impl<'a> Place<'a> {
    const fn binding(self, field: &'static str, account: &'a str, user: &'a str) -> Binding<'a> {
        Binding { owner: account, x_user_id: user, field, generation: self.generation }
    }
}

/// Seals `secret` as the `field` of `place`.
///
/// # Errors
/// When nothing can be sealed: no entropy, no master key.
pub fn seal(context: &Context, secret: &SecretString, field: &'static str, place: Place<'_>) -> Result<Sealed, Fault> {
    let binding = place.binding(field, place.account.as_str(), place.user.as_str());
    let envelope = context.ports.sealed_box.seal(secret, &binding).map_err(|fault| report(context, fault))?;
    Ok(Sealed::from_envelope(envelope))
}

/// Opens what [`seal`] sealed for the same field and place.
///
/// # Errors
/// When the seal is broken or its master key is gone: the operator's matter.
pub fn open(context: &Context, sealed: &Sealed, field: &'static str, place: Place<'_>) -> Result<SecretString, Fault> {
    let binding = place.binding(field, place.account.as_str(), place.user.as_str());
    context.ports.sealed_box.open(sealed.as_envelope(), &binding).map_err(|fault| report(context, fault))
}

fn report(context: &Context, fault: SealFault) -> Fault {
    context.ports.log.write(&serde_json::json!({
        "level": "error", "message": "a token could not be sealed or opened", "reason": fault.to_string(),
        "request_id": context.call.request_id,
    }));
    Fault::new(Code::Internal, "The account's tokens cannot be opened. The operator must check the master keys.")
}
