//! Variables and secrets of the Worker.

use worker::Env;

use crate::config::Strings;

/// The Worker's environment as settings.
pub struct EnvStrings<'a>(pub &'a Env);

impl Strings for EnvStrings<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.0.var(name).ok().map(|value| value.to_string())
    }
}
