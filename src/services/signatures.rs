//! Requests signed by OAuth 1.0a: whose they are, and that each is taken once.
//!
//! The signature is checked before the clock and the nonce: whoever cannot sign learns nothing of either, and uses up nobody's
//! nonces.

use std::sync::Arc;

use url::Url;

use super::{Context, keys};
use crate::{
    domain::{
        api_key::{ConsumerKey, KeyRecord, SigningSecrets, SigningToken, Standing},
        ids::AccountId,
        nonces::{self, Command, Mark, Nonces, Reply, TOLERANCE_S},
    },
    ports::{ObjectsExt, Unavailable},
    x::oauth1::{
        Credentials, Token,
        header::{self, Presented},
        verify::{self, Received, X_URLS},
    },
};

pub use crate::x::oauth1::{header::is_oauth, verify::Received as Request};

/// Who signed a request.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The key that issued the values.
    pub record: Arc<KeyRecord>,
    /// The account they were issued for.
    pub account: AccountId,
    /// Their edition.
    serial: u32,
}

impl Signer {
    /// Whether the values still work with `record`, which may be newer than the one they were checked with.
    pub fn holds(&self, record: &KeyRecord) -> bool {
        record.oauth1.serial() == Some(self.serial)
    }
}

/// Why a request is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Malformed, unknown, ended, wrongly signed or seen before: it is not told which.
    Invalid,
    /// Rightly signed, with a timestamp too far from now.
    Clock {
        /// perch's time, in seconds since 1970.
        now_s: u64,
    },
    /// Rightly signed, with more nonces in a minute than are kept.
    TooMany,
    /// A part of the platform does not answer.
    OutOfReach(Unavailable),
}

/// Whose request it is. What is read goes on when nonces cannot be asked for; what is written, as `changes` says, does not.
///
/// # Errors
/// See [`Refusal`].
pub async fn identify(
    context: &Context,
    authorization: &str,
    request: Received<'_>,
    changes: bool,
) -> Result<Signer, Refusal> {
    let presented = header::parse(authorization).map_err(|_| Refusal::Invalid)?;
    let consumer = ConsumerKey::parse(&presented.consumer_key).map_err(|_| Refusal::Invalid)?;
    let token = SigningToken::parse(&presented.token).map_err(|_| Refusal::Invalid)?;
    let signer = signer(context, &presented, &consumer, &token, request).await?;
    if signer.record.standing(context.now()) != Standing::Active {
        return Err(Refusal::Invalid);
    }
    let now_s = context.now().as_seconds();
    if now_s.abs_diff(presented.timestamp_s) > TOLERANCE_S {
        return Err(Refusal::Clock { now_s });
    }
    take_nonce(context, &presented, &consumer, changes).await?;
    Ok(signer)
}

/// The key and account whose secrets made the signature. Where this isolate's copy of the key knows of no such secrets, they may
/// have been issued since.
async fn signer(
    context: &Context,
    presented: &Presented,
    consumer: &ConsumerKey,
    token: &SigningToken,
    request: Received<'_>,
) -> Result<Signer, Refusal> {
    let check = |record: Option<Arc<KeyRecord>>| {
        let serial = record.as_ref().and_then(|record| record.oauth1.serial());
        // An unknown key, and one that has issued nothing, take the same computation as any other.
        let secrets = SigningSecrets::derive(&context.config.pepper, &consumer.0, serial.unwrap_or(0), token);
        let is_signed = verify::is_signed(presented, &credentials(presented, secrets), request, bases(context));
        let (record, serial) = record.zip(serial).filter(|_| is_signed)?;
        Some(Signer { record, account: token.account.clone(), serial })
    };
    let known = keys::lookup(context, &consumer.0).await.map_err(Refusal::OutOfReach)?;
    let is_known = known.is_some();
    let signer = match check(known) {
        None if is_known => check(keys::recent(context, &consumer.0).await.map_err(Refusal::OutOfReach)?),
        signer => signer,
    };
    signer.ok_or(Refusal::Invalid)
}

fn credentials(presented: &Presented, secrets: SigningSecrets) -> Credentials {
    let token = Token { token: presented.token.clone().into(), secret: secrets.token };
    Credentials { consumer_key: presented.consumer_key.clone(), consumer_secret: secrets.consumer, token: Some(token) }
}

/// The base URLs that a request may be signed for: perch's own, and X's for clients that know no other.
fn bases(context: &Context) -> impl Iterator<Item = &str> {
    let own = std::iter::once(&context.config.public_url).chain(&context.config.public_urls);
    own.map(Url::as_str).chain(X_URLS)
}

/// Takes the request's nonce, once.
async fn take_nonce(
    context: &Context,
    presented: &Presented,
    consumer: &ConsumerKey,
    changes: bool,
) -> Result<(), Refusal> {
    let object = nonces::object_name(&consumer.0, presented.timestamp_s);
    let mark = Mark::of(&presented.token, presented.timestamp_s, &presented.nonce);
    match context.objects().ask::<Nonces>(&object, &Command::Take(mark)).await {
        Ok(Reply::Taken) => Ok(()),
        Ok(Reply::Replayed) => Err(Refusal::Invalid),
        Ok(Reply::Full) => Err(Refusal::TooMany),
        Err(_) if !changes => Ok(()),
        Err(unavailable) => Err(Refusal::OutOfReach(unavailable)),
    }
}
