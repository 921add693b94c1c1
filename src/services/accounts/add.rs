//! Adding an account with OAuth 1.0a tokens that X has given elsewhere.

use secrecy::SecretString;

use super::{Brought, grant, keep};
use crate::{
    domain::{
        account::AccountRecord,
        audit::Action,
        caller::Caller,
        fault::{Code, Fault},
    },
    services::{
        Context,
        audit::{self, Deed},
        tokens::Credential,
        x::{self, Profile},
    },
};

/// An OAuth 1.0a token and its secret, as the X app's owner or a three-legged flow gets them.
pub struct UserTokens {
    /// `oauth_token`.
    pub token: SecretString,
    /// `oauth_token_secret`.
    pub secret: SecretString,
}

/// Asks X whose tokens these are, and keeps them for that user. The calling key may use the account at once.
///
/// # Errors
/// [`Code::XMisconfigured`] without consumer credentials; [`Code::InvalidFields`] for tokens X does not take;
/// [`Code::Conflict`] when the X user is connected with OAuth 2.0; [`Code::Unavailable`].
pub async fn add(
    context: &Context,
    caller: &Caller,
    tokens: &UserTokens,
    label: Option<String>,
) -> Result<AccountRecord, Fault> {
    let outcome = verify_and_keep(context, caller, tokens, label).await;
    let mut deed = Deed::new(Action::AccountAdd).by(caller.kid());
    if let Ok(account) = &outcome {
        deed = deed.for_account(&account.id);
    }
    audit::record(context, deed, &outcome);
    outcome
}

async fn verify_and_keep(
    context: &Context,
    caller: &Caller,
    tokens: &UserTokens,
    label: Option<String>,
) -> Result<AccountRecord, Fault> {
    let profile = owner_of(context, tokens).await?;
    let brought = Brought::OAuth1 { token: &tokens.token, secret: &tokens.secret };
    let account = keep(context, &profile, &brought, label).await?;
    context.call.note(|facts| facts.account = Some(account.id.clone()));
    grant(context, caller.kid(), &account.id).await?;
    Ok(account)
}

async fn owner_of(context: &Context, tokens: &UserTokens) -> Result<Profile, Fault> {
    let credential = Credential::Sign { token: tokens.token.clone(), secret: tokens.secret.clone(), generation: 0 };
    x::who(context, &credential).await.map_err(|fault| {
        // X's code 32 is the same for a wrong secret as for a wrong consumer: whoever brought the secret can mend it.
        let refused = fault.upstream.as_ref().is_some_and(|upstream| upstream.status == Some(401));
        if fault.code == Code::AccountNeedsReconnect || (fault.code == Code::XMisconfigured && refused) {
            return Fault::field(
                "oauth_token",
                "refused_by_x",
                "X does not take this token and secret together with the deployment's consumer key.",
            );
        }
        fault
    })
}
