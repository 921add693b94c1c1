//! Sending a file to X, in one request or in segments.

use bytes::Bytes;
use futures_util::future::try_join;

use super::{
    Source, Uploaded,
    describe::describe_uploaded,
    processing,
    recognize::{recognize, refused},
    segments::Segments,
    session::{append, ask, finalize, initialize},
};
use crate::{
    domain::{audit::Action, caller::Caller, fault::Fault, ids::AccountId, media::AltText},
    ports::EntropyExt,
    services::{
        Context,
        audit::{self, Deed},
    },
    x::{
        endpoints::media::{self as endpoints, Announcement},
        media::{Category, MediaType, UploadPlan, plan},
    },
};

/// What the caller wants of an upload besides the file.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// What it is for; by default a tweet.
    pub category: Option<Category>,
    /// What it shows.
    pub alt_text: Option<AltText>,
    /// How long to wait for its processing, in seconds: 0 to 60.
    pub wait_s: u32,
}

/// A file that went through perch.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// What X says of it.
    pub media: Uploaded,
    /// What it is.
    pub media_type: MediaType,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Uploads `source` for `account`.
///
/// # Errors
/// What the source says; [`Code::MediaRejected`](crate::domain::fault::Code::MediaRejected) for what X would not take;
/// [`Code::InvalidRequest`](crate::domain::fault::Code::InvalidRequest) when the size had to be announced;
/// [`Code::MediaFailed`](crate::domain::fault::Code::MediaFailed) when X could not process it; else as
/// [`x::call`](crate::services::x::call).
pub async fn upload(
    context: &Context,
    caller: &Caller,
    account: &AccountId,
    source: Source,
    wishes: Wishes,
) -> Result<Receipt, Fault> {
    let outcome = send(context, account, source, wishes.category).await;
    audit::record(context, deed(caller, account, outcome.as_ref().ok()), &outcome);
    let receipt = outcome?;
    let alt_text = wishes.alt_text.as_ref();
    describe_uploaded(&context.renewed(), caller, account, &receipt.media.id, alt_text).await?;
    let media = processing::wait(context, account, receipt.media, wishes.wait_s).await?;
    Ok(Receipt { media, ..receipt })
}

fn deed(caller: &Caller, account: &AccountId, receipt: Option<&Receipt>) -> Deed {
    Deed {
        target: receipt.map(|receipt| receipt.media.id.to_string()),
        text_sha256: receipt.map(|receipt| receipt.sha256.clone()),
        ..Deed::new(Action::MediaCreate).by(caller.kid()).for_account(account)
    }
}

async fn send(
    context: &Context,
    account: &AccountId,
    source: Source,
    category: Option<Category>,
) -> Result<Receipt, Fault> {
    let declared = source.declared.clone();
    let mut segments = Segments::new(source);
    let first = segments.next().await?.unwrap_or_default();
    let media_type = recognize(declared.as_deref(), &first)?;
    let media_category = category.unwrap_or_else(|| media_type.tweet_category());
    let plan = plan(media_type, media_category, segments.total())
        .map_err(|refusal| refused(refusal, media_type, media_category))?;
    let announcement = Announcement { media_type, total_bytes: segments.total().unwrap_or_default(), media_category };
    let media = match plan {
        UploadPlan::OneShot => whole(context, account, announcement, first).await?,
        UploadPlan::Chunked { .. } => chunked(context, account, announcement, first, &mut segments).await?,
    };
    Ok(Receipt { media, media_type, sha256: segments.sha256() })
}

async fn whole(
    context: &Context,
    account: &AccountId,
    announcement: Announcement,
    file: Bytes,
) -> Result<Uploaded, Fault> {
    let request = endpoints::upload(announcement, &file, &boundary(context)?);
    drop(file);
    let answer = ask(context, account, request).await?;
    Uploaded::read(&answer, context.now())
}

/// One segment is read while the one before it is sent.
async fn chunked(
    context: &Context,
    account: &AccountId,
    announcement: Announcement,
    first: Bytes,
    segments: &mut Segments,
) -> Result<Uploaded, Fault> {
    let begun = initialize(context, account, announcement).await?;
    let (mut segment, mut index) = (Some(first), 0);
    while let Some(bytes) = segment {
        let sending = append(context, account, &begun.id, index, bytes);
        ((), segment) = try_join(sending, segments.next()).await?;
        index += 1;
    }
    finalize(context, account, &begun.id).await
}

/// 128 bits of entropy, so that no file holds it.
pub(super) fn boundary(context: &Context) -> Result<String, Fault> {
    let bytes = context.ports.entropy.bytes::<16>().map_err(|_| Fault::internal())?;
    Ok(hex::encode(bytes))
}
