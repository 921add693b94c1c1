//! Subtitles of a video.

use crate::{
    domain::{audit::Action, caller::Caller, fault::Fault, ids::AccountId, tweet::MediaId},
    services::{
        Context,
        audit::{self, Deed},
        x,
    },
    x::endpoints::media::{self as endpoints, SubtitledVideo, Track},
};

/// Puts `track` beside `video`, in the place of one in the same language.
///
/// # Errors
/// As [`x::call`].
pub async fn add_subtitles(
    context: &Context,
    caller: &Caller,
    account: &AccountId,
    video: SubtitledVideo<'_>,
    track: Track<'_>,
) -> Result<(), Fault> {
    let outcome = x::call(context, account, endpoints::add_subtitles(video, track)).await;
    audit::record(context, deed(caller, account, video.id, track.language_code), &outcome);
    outcome.map(|_| ())
}

/// Takes the subtitles in `language_code` away from `video`.
///
/// # Errors
/// As [`x::call`].
pub async fn remove_subtitles(
    context: &Context,
    caller: &Caller,
    account: &AccountId,
    video: SubtitledVideo<'_>,
    language_code: &str,
) -> Result<(), Fault> {
    let outcome = x::call(context, account, endpoints::remove_subtitles(video, language_code)).await;
    audit::record(context, deed(caller, account, video.id, language_code), &outcome);
    outcome.map(|_| ())
}

/// Subtitles tell of a video to those who do not hear it, so their rows stand with the alt texts.
fn deed(caller: &Caller, account: &AccountId, video: &MediaId, language_code: &str) -> Deed {
    Deed::new(Action::MediaDescribe)
        .by(caller.kid())
        .for_account(account)
        .to(format!("{video}/subtitles/{language_code}"))
}
