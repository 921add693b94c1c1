//! A sealed box of glass: it binds as the real one does, and the simulation can look through it.

use perch::ports::{Binding, SealFault, SealedBox};
use secrecy::{ExposeSecret, SecretString};

use crate::isolate::Port;

/// What stands around the text; no token contains it.
const WALL: &str = "|";

impl SealedBox for Port {
    fn seal(&self, text: &SecretString, binding: &Binding<'_>) -> Result<String, SealFault> {
        if binding.field == "refresh" {
            self.world.with(|state| state.ledger.sealed(text.expose_secret(), binding.generation));
        }
        Ok(seal(text.expose_secret(), binding))
    }

    fn open(&self, sealed: &str, binding: &Binding<'_>) -> Result<SecretString, SealFault> {
        let (bound, text) = sealed.split_once(WALL).ok_or(SealFault::Malformed)?;
        if bound == place(binding) { Ok(text.trim_end_matches(WALL).into()) } else { Err(SealFault::Broken) }
    }
}

/// `text`, bound.
pub(crate) fn seal(text: &str, binding: &Binding<'_>) -> String {
    [&place(binding), WALL, text, WALL].concat()
}

/// How `text` stands in whatever keeps it sealed, wherever it is bound to.
pub(crate) fn inside(text: &str) -> String {
    [WALL, text, WALL].concat()
}

fn place(binding: &Binding<'_>) -> String {
    let Binding { owner, x_user_id, field, generation } = binding;
    format!("{owner}/{x_user_id}/{field}/{generation}")
}
