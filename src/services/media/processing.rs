//! Waiting until X has processed a medium: as X asks to be asked, and no longer than the caller wants.

use super::Uploaded;
use crate::{
    domain::{
        fault::{Code, Fault},
        ids::AccountId,
        tweet::MediaId,
    },
    services::{Context, x},
    x::{endpoints, media::Processing},
};

/// Asks X what has become of `id`.
///
/// # Errors
/// [`Code::MediaNotFound`] when X does not know it, or its upload has not ended; else as [`x::call`].
pub async fn status(context: &Context, account: &AccountId, id: &MediaId) -> Result<Uploaded, Fault> {
    let answer = x::call(context, account, endpoints::media::status(id)).await?;
    Uploaded::read(&answer, context.now())
}

/// Waits for `media` up to `wait_s` seconds. When they are over, or X cannot be asked, answers with what was last known: the
/// medium is there, and can be asked for later.
///
/// # Errors
/// [`Code::MediaFailed`] when X could not process it.
pub(super) async fn wait(
    context: &Context,
    account: &AccountId,
    mut media: Uploaded,
    wait_s: u32,
) -> Result<Uploaded, Fault> {
    let ceiling = context.now().plus_ms(u64::from(wait_s) * 1000);
    loop {
        let after_ms = match &media.processing {
            Processing::Ready => return Ok(media),
            Processing::Failed { message } => return Err(failed(&media.id, message)),
            Processing::Wait { after_s, .. } => u64::from(*after_s) * 1000,
        };
        if ceiling.ms_since(context.now()) < after_ms {
            return Ok(media);
        }
        context.ports.timer.sleep(after_ms).await;
        match status(&context.renewed(), account, &media.id).await {
            Ok(later) => media = media.updated(later),
            Err(fault) if fault.code == Code::MediaFailed => return Err(fault),
            Err(_) => return Ok(media),
        }
    }
}

fn failed(id: &MediaId, message: &str) -> Fault {
    Fault::new(Code::MediaFailed, format!("X could not process the media {id}: {message}"))
}
