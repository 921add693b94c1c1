//! The app's own bearer, for what X lets nobody in particular do: from the settings, else the isolate's memory, else KV's sealed
//! copy, else X.
//!
//! X answers the same bearer each time until it is invalidated, so nothing needs deciding: two isolates that ask at once get the
//! same. A bearer has no number; its *generation* is a fingerprint, so that whoever was rejected with an old one gets the new.

use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{Credential, endpoint};
use crate::{
    domain::{
        account::FailureClass,
        fault::{Code, Fault},
    },
    ports::Binding,
    services::Context,
    x::oauth2::GrantRefusal,
};

/// Where KV's sealed copy stands; accounts' tokens stand under their ids, which begin with `acc_`.
const KV_KEY: &str = "token:app";

/// The bearer an isolate knows. It stays good until X rejects it.
#[derive(Default)]
pub struct RememberedApp(Mutex<Option<SecretString>>);

impl RememberedApp {
    fn recall(&self) -> Option<SecretString> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, token: &SecretString) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
    }
}

/// The app-only bearer. `rejected` names the [`generation`](Credential::generation) that X has just refused, if that is why one is
/// asked for: then X is asked once more, unless somebody has done so already. X may answer the same one again.
///
/// # Errors
/// [`Code::XMisconfigured`] without the settings for it, or when X refuses them; [`Code::XUnavailable`] when X does not answer.
pub async fn app_credential(context: &Context, rejected: Option<u64>) -> Result<Credential, Fault> {
    if let Some(token) = &context.config.x.bearer {
        return configured(token, rejected);
    }
    let (key, secret) = context.config.x.consumer.as_ref().ok_or_else(nothing_configured)?;
    let fresh = |token: &SecretString| rejected != Some(generation(token));
    if let Some(token) = context.memory.app_token.recall().filter(fresh) {
        return Ok(bearer(token));
    }
    let token = match copy_in_kv(context, key).await.filter(fresh) {
        Some(token) => token,
        None => ask(context, key, secret).await?,
    };
    context.memory.app_token.remember(&token);
    Ok(bearer(token))
}

/// The settings' bearer has no successor.
fn configured(token: &SecretString, rejected: Option<u64>) -> Result<Credential, Fault> {
    if rejected == Some(generation(token)) {
        return Err(Fault::new(Code::XMisconfigured, "X does not accept the bearer of the setting X_BEARER_TOKEN."));
    }
    Ok(bearer(token.clone()))
}

/// Asks X, and lets KV have a copy.
async fn ask(context: &Context, key: &str, secret: &SecretString) -> Result<SecretString, Fault> {
    let token = endpoint::app_bearer(context, key, secret).await.map_err(|refusal| refused(&refusal))?;
    // A copy that cannot be made spares nobody a question, and does no harm.
    if let Ok(sealed) = context.ports.sealed_box.seal(&token, &binding(key)) {
        let _ = context.kv().put(KV_KEY, &sealed, None).await;
    }
    Ok(token)
}

/// KV's copy, if it belongs to this consumer. It may lag: a rejected one is asked for anew until it has caught up.
async fn copy_in_kv(context: &Context, consumer_key: &str) -> Option<SecretString> {
    let sealed = context.kv().get(KV_KEY).await.ok()??;
    context.ports.sealed_box.open(&sealed, &binding(consumer_key)).ok()
}

/// Bound to the consumer: another app's bearer does not open.
const fn binding(consumer_key: &str) -> Binding<'_> {
    Binding { owner: consumer_key, x_user_id: "", field: "app", generation: 0 }
}

fn bearer(token: SecretString) -> Credential {
    let generation = generation(&token);
    Credential::Bearer { token, generation, expires_at: None }
}

/// Sixty-four bits of a hash of the token: they tell one from another, and nothing of either.
fn generation(token: &SecretString) -> u64 {
    let digest: [u8; 32] = Sha256::digest(token.expose_secret()).into();
    digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

fn refused(refusal: &GrantRefusal) -> Fault {
    match refusal.class {
        FailureClass::Transient => {
            Fault::new(Code::XUnavailable, "X did not give the app's bearer just now.").with_retry_after(2)
        }
        FailureClass::GrantDead | FailureClass::Misconfigured => Fault::new(
            Code::XMisconfigured,
            "X does not accept the settings X_CONSUMER_KEY and X_CONSUMER_SECRET, with which the app's bearer is asked for.",
        ),
    }
}

fn nothing_configured() -> Fault {
    Fault::new(
        Code::XMisconfigured,
        "The app's bearer needs the settings X_CONSUMER_KEY and X_CONSUMER_SECRET, or X_BEARER_TOKEN.",
    )
}
