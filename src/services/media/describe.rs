//! Alt text.

use crate::{
    domain::{audit::Action, caller::Caller, fault::Fault, ids::AccountId, media::AltText, tweet::MediaId},
    services::{
        Context,
        audit::{self, Deed},
        x,
    },
    x::endpoints,
};

/// Gives `id` an alt text, in the place of the one it has.
///
/// # Errors
/// As [`x::call`].
pub async fn describe(
    context: &Context,
    caller: &Caller,
    account: &AccountId,
    id: &MediaId,
    alt_text: &AltText,
) -> Result<(), Fault> {
    let outcome = x::call(context, account, endpoints::media::describe(id, alt_text)).await;
    let deed = Deed::new(Action::MediaDescribe)
        .by(caller.kid())
        .for_account(account)
        .to(id.as_str())
        .sending(alt_text.as_str());
    audit::record(context, deed, &outcome);
    outcome.map(|_| ())
}

/// The same in the course of an upload: a refusal says that the medium itself is there.
pub(super) async fn describe_uploaded(
    context: &Context,
    caller: &Caller,
    account: &AccountId,
    id: &MediaId,
    alt_text: Option<&AltText>,
) -> Result<(), Fault> {
    let Some(alt_text) = alt_text else {
        return Ok(());
    };
    describe(context, caller, account, id, alt_text).await.map_err(|fault| {
        let detail = format!(
            "The media {id} is uploaded, but not its alt text; set that alone with PUT /v1/media/{id}/alt-text. {}",
            fault.detail
        );
        Fault { detail, ..fault }
    })
}
