//! Uploads whose parts the client sends itself, in as many requests as it likes.
//!
//! # Design
//!
//! Nothing decides about such an upload but X, which holds its segments; so nothing of it is kept here. Its id *is* its facts,
//! in a sealed envelope bound to the key that began it: no other key can use it, nobody can forge one, every isolate reads it at
//! once, and there is no storage that lags, fills up or has to be swept. What follows from that: the facts cannot change, and an
//! upload belongs to the one key that began it, not to the one that replaces that in a rotation. The alt text does not fit into
//! a URL, so it comes with the end.
//!
//! Which parts have arrived is noted in KV when X has taken one. That is a hint for a client that has lost count, and may lag: a
//! part that is missing there is sent once more, which X allows.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{
    Source, Uploaded, Wishes,
    describe::describe_uploaded,
    processing,
    recognize::{recognize, refused},
    segments::Segments,
    session::{append, finalize, initialize},
};
use crate::{
    domain::{
        Timestamp,
        audit::Action,
        caller::Caller,
        fault::{Code, Fault},
        ids::AccountId,
        tweet::MediaId,
    },
    ports::Binding,
    services::{
        Context,
        audit::{self, Deed},
    },
    x::{
        endpoints::media::Announcement,
        media::{Category, MediaType, SEGMENT_BYTES, plan},
    },
};

/// How long X keeps an upload when it does not say, in s (X docs, media: 24 h).
const DEFAULT_LIFE_S: u64 = 86_400;

/// An upload in parts, as its id tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The id of the medium it becomes.
    pub media_id: MediaId,
    /// The account it belongs to.
    pub account: AccountId,
    /// What it is.
    pub media_type: MediaType,
    /// The size of the whole, in bytes.
    pub total_bytes: u64,
    /// Until when it can be gone on with.
    pub expires_at: Timestamp,
}

impl Upload {
    /// How many parts there are: they are numbered from 0.
    pub const fn parts(&self) -> u64 {
        self.total_bytes.div_ceil(SEGMENT_BYTES)
    }

    /// How many bytes part `n` has; none when there is no such part.
    pub fn part_bytes(&self, n: u16) -> Option<u64> {
        let before = u64::from(n) * SEGMENT_BYTES;
        let left = self.total_bytes.checked_sub(before)?;
        (left > 0).then(|| left.min(SEGMENT_BYTES))
    }
}

/// Begins the upload of `total_bytes` of `media_type`, and gives the id it is gone on with.
///
/// # Errors
/// [`Code::MediaRejected`] or [`Code::InvalidFields`] for what X would not take; else as [`x::call`](crate::services::x::call).
pub async fn begin(
    context: &Context,
    caller: &Caller,
    account: &AccountId,
    media_type: MediaType,
    total_bytes: u64,
    category: Option<Category>,
) -> Result<(String, Upload), Fault> {
    let media_category = category.unwrap_or_else(|| media_type.tweet_category());
    plan(media_type, media_category, Some(total_bytes))
        .map_err(|refusal| refused(refusal, media_type, media_category))?;
    let announcement = Announcement { media_type, total_bytes, media_category };
    let begun = initialize(context, account, announcement).await?;
    let life_s = begun.expires_after_secs.unwrap_or(DEFAULT_LIFE_S);
    let upload = Upload {
        media_id: begun.id,
        account: account.clone(),
        media_type,
        total_bytes,
        expires_at: context.now().plus_ms(life_s.saturating_mul(1000)),
    };
    Ok((seal(context, caller, &upload)?, upload))
}

/// The upload that `caller` began as `id`.
///
/// # Errors
/// [`Code::MediaNotFound`] for what was never begun, was begun by another key, or is over; which of these is not told.
pub fn open(context: &Context, caller: &Caller, id: &str) -> Result<Upload, Fault> {
    let opened = context.ports.sealed_box.open(id, &binding(caller)).ok();
    let upload: Option<Upload> = opened.and_then(|text| serde_json::from_str(text.expose_secret()).ok());
    upload
        .filter(|upload| context.now() < upload.expires_at)
        .ok_or_else(|| Fault::new(Code::MediaNotFound, "There is no such upload, or it is over."))
}

fn seal(context: &Context, caller: &Caller, upload: &Upload) -> Result<String, Fault> {
    let text = serde_json::to_string(upload).map_err(|_| Fault::internal())?;
    let sealed = context.ports.sealed_box.seal(&SecretString::from(text), &binding(caller));
    sealed.map_err(|_| Fault::internal())
}

fn binding(caller: &Caller) -> Binding<'_> {
    Binding { owner: caller.kid().as_str(), x_user_id: "", field: "upload", generation: 0 }
}

/// A part that X has taken.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its size, in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Sends part `n`. It may be sent again, and then takes the place of the one before.
///
/// # Errors
/// What the source says; [`Code::InvalidRequest`] when there is no such part or it has another size; [`Code::MediaRejected`] when
/// the first one begins like another type; else as [`x::call`](crate::services::x::call).
pub async fn put_part(context: &Context, upload: &Upload, n: u16, source: Source) -> Result<Part, Fault> {
    let size = upload.part_bytes(n).ok_or_else(|| no_part(upload))?;
    if source.length.is_some_and(|length| length != size) {
        return Err(other_size(n, size));
    }
    let unannounced = Source { length: None, ..source };
    let mut segments = Segments::new(unannounced);
    let bytes = segments.next().await?.unwrap_or_default();
    if segments.total() != Some(size) || bytes.len() as u64 != size {
        return Err(other_size(n, size));
    }
    if n == 0 {
        recognize(Some(upload.media_type.as_str()), &bytes)?;
    }
    append(context, &upload.account, &upload.media_id, n, bytes).await?;
    note(context, upload, n).await;
    let sha256 = segments.sha256();
    Ok(Part { size, sha256 })
}

/// Ends the upload, and waits for it to be processed.
///
/// # Errors
/// [`Code::MediaFailed`] when X could not process it; what X says when parts are missing; else as
/// [`x::call`](crate::services::x::call).
pub async fn complete(context: &Context, caller: &Caller, upload: &Upload, wishes: Wishes) -> Result<Uploaded, Fault> {
    let (account, id) = (&upload.account, &upload.media_id);
    let outcome = finalize(context, account, id).await;
    let deed = Deed::new(Action::MediaCreate).by(caller.kid()).for_account(account).to(id.as_str());
    audit::record(context, deed, &outcome);
    let media = outcome?;
    describe_uploaded(&context.renewed(), caller, account, id, wishes.alt_text.as_ref()).await?;
    processing::wait(context, account, media, wishes.wait_s).await
}

/// What X says of the medium; nothing while the upload goes on.
///
/// # Errors
/// As [`x::call`](crate::services::x::call).
pub async fn outcome(context: &Context, upload: &Upload) -> Result<Option<Uploaded>, Fault> {
    match processing::status(context, &upload.account, &upload.media_id).await {
        Ok(media) => Ok(Some(media)),
        Err(fault) if matches!(fault.code, Code::MediaNotFound | Code::XRejected) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The parts X is known to have, in order; some of the newest may be missing.
pub async fn known_parts(context: &Context, upload: &Upload) -> Vec<u16> {
    let prefix = notes(upload);
    let names = context.kv().list(&prefix, 1000).await.unwrap_or_default();
    let mut parts: Vec<u16> = names.iter().filter_map(|name| name.strip_prefix(&prefix)?.parse().ok()).collect();
    parts.sort_unstable();
    parts
}

/// A note that is lost costs a repetition of the part.
async fn note(context: &Context, upload: &Upload, n: u16) {
    let left_s = upload.expires_at.ms_since(context.now()) / 1000;
    let name = format!("{}{n}", notes(upload));
    let _ = context.kv().put(&name, "1", Some(left_s.max(60))).await;
}

fn notes(upload: &Upload) -> String {
    format!("part:{}:{}:", upload.account, upload.media_id)
}

fn no_part(upload: &Upload) -> Fault {
    let last = upload.parts().saturating_sub(1);
    Fault::new(Code::InvalidRequest, format!("The parts of this upload are numbered from 0 to {last}."))
}

fn other_size(n: u16, size: u64) -> Fault {
    Fault::new(Code::InvalidRequest, format!("Part {n} must have exactly {size} bytes."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(total_bytes: u64) -> Upload {
        Upload {
            media_id: MediaId::parse("1").unwrap(),
            account: AccountId::make(&[1; 16]),
            media_type: MediaType::Mp4,
            total_bytes,
            expires_at: Timestamp::from_ms(0),
        }
    }

    #[test]
    fn parts_are_a_mebibyte_but_the_last() {
        let upload = upload(2 * SEGMENT_BYTES + 5);
        assert_eq!(upload.parts(), 3);
        assert_eq!(
            (0..4).map(|n| upload.part_bytes(n)).collect::<Vec<_>>(),
            [Some(SEGMENT_BYTES), Some(SEGMENT_BYTES), Some(5), None]
        );
    }

    #[test]
    fn a_whole_number_of_mebibytes_has_no_empty_part() {
        let upload = upload(2 * SEGMENT_BYTES);
        assert_eq!((upload.parts(), upload.part_bytes(2)), (2, None));
    }
}
