//! Connecting an X account with OAuth 2.0 and PKCE: begun by a client application, opened by a browser, answered by X, and
//! handed over.
//!
//! ```text
//! POST /v1/connect ─▶ GET /connect/{state} ─▶ X's consent page ─▶ GET /connect/callback ─▶ a page, or the return address
//!      begin               open                                        arrive                     with a connect code ─▶ redeem
//! ```
//!
//! What may happen once is decided by the [`Attempt`](crate::domain::attempt) object called `state`; the verifier leaves memory
//! only sealed. Whatever is wrong with an attempt, the browser is told the same.

mod arrive;
mod begin;
mod exchange;
mod nonce;
mod open;
mod redeem;
mod wish;

use crate::{
    domain::{
        attempt::{Attempt, Beginning, Command, Reply},
        fault::{Code, Fault},
    },
    ports::{Binding, ObjectsExt, Unavailable},
};
use secrecy::SecretString;
use url::Url;

use super::Context;

pub use arrive::{Arrival, Landing, Verdict, arrive};
pub use begin::{Begun, begin};
pub use nonce::Nonce;
pub use open::{Opened, open};
pub use redeem::redeem;
pub use wish::Wish;

/// Asks the attempt called `state`.
async fn ask(context: &Context, state: &Nonce, command: &Command) -> Result<Reply, Fault> {
    context.objects().ask::<Attempt>(state.as_str(), command).await.map_err(out_of_reach)
}

/// Unknown, used, expired, another browser's, another key's: one refusal for all, so that it tells nothing.
fn invalid() -> Fault {
    Fault::new(
        Code::AttemptInvalid,
        "This connection attempt is unknown, over, or belongs to another browser or key. Begin a new one.",
    )
}

fn out_of_reach(_: Unavailable) -> Fault {
    Fault::new(Code::Unavailable, "Connection attempts cannot be reached at the moment.").with_retry_after(2)
}

/// What the verifier of the attempt called `state` is sealed for.
fn binding(state: &Nonce) -> Binding<'_> {
    Binding { owner: state.as_str(), x_user_id: "", field: "verifier", generation: 0 }
}

/// Opens the verifier. One that cannot be opened was sealed under a master key that is gone: the attempt is over.
fn verifier(context: &Context, state: &Nonce, beginning: &Beginning) -> Result<SecretString, Fault> {
    let sealed = beginning.sealed_verifier.as_envelope();
    context.ports.sealed_box.open(sealed, &binding(state)).map_err(|_| invalid())
}

/// perch's own base URL, without a final slash.
fn base(context: &Context) -> &str {
    context.config.public_url.as_str().trim_end_matches('/')
}

/// The address that is registered with the X app, and to which X sends browsers back.
fn redirect_uri(context: &Context) -> Result<Url, Fault> {
    Url::parse(&format!("{}/connect/callback", base(context))).map_err(|_| Fault::internal())
}
