//! An upload in segments at X: its beginning, one segment of it, and its end.

use bytes::Bytes;
use serde::Deserialize;

use super::{Uploaded, processing, send::boundary};
use crate::{
    domain::{
        fault::{Code, Fault},
        ids::AccountId,
        tweet::MediaId,
    },
    services::{
        Context,
        x::{self, XAnswer},
    },
    x::{
        endpoints::media::{self as endpoints, Announcement},
        operation::XRequest,
    },
};

/// How long a segment that failed rests before its other chance, in ms.
const PAUSE_MS: u64 = 2_000;

/// An upload that X has begun.
#[derive(Debug, Deserialize)]
pub(super) struct Begun {
    /// The medium's id.
    pub(super) id: MediaId,
    /// How long X keeps what has arrived, in seconds.
    pub(super) expires_after_secs: Option<u64>,
}

/// Calls X. An upload goes on as long as its client sends, so every request of it has a whole deadline of its own.
pub(super) async fn ask(context: &Context, account: &AccountId, request: XRequest) -> Result<XAnswer, Fault> {
    x::call(&context.renewed(), account, request).await
}

/// Begins an upload.
pub(super) async fn initialize(
    context: &Context,
    account: &AccountId,
    announcement: Announcement,
) -> Result<Begun, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        data: Begun,
    }
    let answer = ask(context, account, endpoints::initialize(announcement)).await?;
    Ok(answer.json::<Answer>()?.data)
}

/// Sends segment `index`. The whole upload hangs on every one of them, so one that fails in passing is given another chance, after
/// a pause, beyond what [`x::call`] repeats.
pub(super) async fn append(
    context: &Context,
    account: &AccountId,
    id: &MediaId,
    index: u16,
    segment: Bytes,
) -> Result<(), Fault> {
    let request = endpoints::append(id, index, &segment, &boundary(context)?);
    // The request has its own copy; kept any longer, this one would be a third segment in memory.
    drop(segment);
    match ask(context, account, request.clone()).await {
        Err(fault) if is_passing(fault.code) => {
            context.ports.timer.sleep(PAUSE_MS).await;
            ask(context, account, request).await
        }
        outcome => outcome,
    }
    .map(|_| ())
}

/// Whether the fault may be gone in a moment.
const fn is_passing(code: Code) -> bool {
    matches!(code, Code::XUnavailable | Code::XTimeout | Code::XInvalidAnswer)
}

/// Ends the upload. When X did not answer, or refused because it had ended before, STATUS tells whether it has: no second end is
/// sent blindly.
pub(super) async fn finalize(context: &Context, account: &AccountId, id: &MediaId) -> Result<Uploaded, Fault> {
    let fault = match ask(context, account, endpoints::finalize(id)).await {
        Ok(answer) => return Uploaded::read(&answer, context.now()),
        Err(fault) if fault.code == Code::OutcomeUnknown || is_refusal(fault.code) => fault,
        Err(fault) => return Err(fault),
    };
    match processing::status(&context.renewed(), account, id).await {
        Ok(media) if media.size.is_some() || media.processing_info.is_some() => Ok(media),
        Err(status) if fault.code == Code::OutcomeUnknown && is_refusal(status.code) => {
            let answer = ask(context, account, endpoints::finalize(id)).await?;
            Uploaded::read(&answer, context.now())
        }
        _ => Err(fault),
    }
}

/// Whether X knows no such medium, or none that can be finalized.
const fn is_refusal(code: Code) -> bool {
    matches!(code, Code::MediaNotFound | Code::XRejected | Code::MediaRejected)
}
