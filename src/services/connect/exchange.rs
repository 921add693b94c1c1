//! From X's code to an account that perch keeps.

use secrecy::{ExposeSecret, SecretString};

use super::{Nonce, invalid, redirect_uri, verifier};
use crate::{
    domain::{
        account::{AccountRecord, FailureClass},
        api_key::{KeyId, Standing},
        attempt::Beginning,
        fault::{Code, Fault},
    },
    services::{
        Context,
        accounts::{self, Brought},
        keys, tokens,
        tokens::Credential,
        x::{self, Profile},
    },
    x::oauth2::{GrantRefusal, Granted},
};

/// Exchanges `code` and keeps the account it speaks for. Tokens that find no place here are revoked.
pub(super) async fn connect(
    context: &Context,
    state: &Nonce,
    beginning: &Beginning,
    code: &SecretString,
) -> Result<AccountRecord, Fault> {
    still_active(context, &beginning.key_id).await?;
    let verifier = verifier(context, state, beginning)?;
    let redirect = redirect_uri(context)?;
    let granted = tokens::exchange_code(context, code.expose_secret(), &redirect, &verifier).await;
    let granted = granted.map_err(|refusal| not_granted(&refusal))?;
    let outcome = settle(context, beginning, &granted).await;
    // When a part of perch did not answer, the tokens may have been kept: revoking them would break what works.
    if outcome.as_ref().is_err_and(|fault| fault.code != Code::Unavailable) {
        hand_back(context, &granted).await;
    }
    outcome
}

/// A key that was revoked meanwhile connects nothing any more.
async fn still_active(context: &Context, kid: &KeyId) -> Result<(), Fault> {
    let record = keys::load(context, kid).await.map_err(super::out_of_reach)?;
    match record.map(|record| record.standing(context.now())) {
        Some(Standing::Active) => Ok(()),
        _ => Err(invalid()),
    }
}

async fn settle(context: &Context, beginning: &Beginning, granted: &Granted) -> Result<AccountRecord, Fault> {
    let credential = Credential::Bearer { token: granted.access.clone(), generation: 0, expires_at: None };
    let profile = x::who(context, &credential).await?;
    as_expected(context, beginning, &profile).await?;
    let brought = Brought::OAuth2 {
        access: &granted.access,
        refresh: granted.refresh.as_ref(),
        expires_at: context.now().plus_ms(granted.expires_in_s.saturating_mul(1000)),
        // X names what it granted, which may be less than was asked for (RFC 6749, 5.1).
        scopes: granted.scopes.clone().unwrap_or_else(|| beginning.scopes.clone()),
    };
    accounts::keep(context, &profile, &brought, beginning.label.clone()).await
}

/// An account that is connected again stays the same X user's.
async fn as_expected(context: &Context, beginning: &Beginning, profile: &Profile) -> Result<(), Fault> {
    let Some(expected) = &beginning.account_expected else {
        return Ok(());
    };
    let record = accounts::load(context, expected).await.map_err(accounts::out_of_reach)?;
    match record {
        Some(record) if record.user == profile.user => Ok(()),
        _ => Err(accounts::mismatch()),
    }
}

async fn hand_back(context: &Context, granted: &Granted) {
    let mut all = true;
    if let Some(refresh) = &granted.refresh {
        all &= tokens::revoke(context, refresh, "refresh_token").await;
    }
    all &= tokens::revoke(context, &granted.access, "access_token").await;
    if !all {
        context.ports.log.write(&serde_json::json!({
            "level": "warn", "message": "tokens of a failed connection could not be revoked at X",
            "request_id": context.call.request_id,
        }));
    }
}

fn not_granted(refusal: &GrantRefusal) -> Fault {
    match refusal.class {
        // X does not know the code, or no longer: it is as much over as the attempt.
        FailureClass::GrantDead => invalid(),
        FailureClass::Transient => Fault::new(Code::XUnavailable, "X did not answer to the code it gave. Begin anew."),
        FailureClass::Misconfigured => {
            Fault::new(Code::XMisconfigured, "X does not accept perch's client credentials or redirect address.")
        }
    }
}
