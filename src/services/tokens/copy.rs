//! Copies of access tokens: opened in the isolate's memory, sealed in KV. Neither decides anything: an old one costs a 401 and a
//! question to the object, which knows the current generation.

use serde::{Deserialize, Serialize};

use super::{Credential, Place, open};
use crate::{
    domain::{
        account::{Access, RENEW_AHEAD_MS, UserToken},
        fault::Fault,
        ids::AccountId,
    },
    services::{
        Context,
        copies::{Copies, Recalled},
    },
};

/// How long an isolate trusts its copy without asking, in ms: how late a pause or a removal may be seen.
const REMEMBERED_MS: u64 = 30_000;
/// A copy is used only while it has more life left than the object's renewal begins ahead, in ms: the object must see the token
/// come of age.
const LEAST_LIFE_MS: u64 = RENEW_AHEAD_MS + 5_000;

/// The credentials an isolate has opened.
pub type Remembered = Copies<AccountId, Credential>;

/// What KV keeps for an account.
#[derive(Serialize, Deserialize)]
enum Copy {
    Access(Access),
    UserToken(UserToken),
}

fn kv_key(account: &AccountId) -> String {
    format!("token:{account}")
}

/// What the isolate remembers.
pub(super) fn remembered(context: &Context, account: &AccountId) -> Recalled<Credential> {
    context.memory.tokens.recall(account, context.now())
}

/// KV's copy, if it is good without asking the object.
pub(super) async fn in_kv(context: &Context, account: &AccountId) -> Option<Credential> {
    let text = context.kv().get(&kv_key(account)).await.ok()??;
    match serde_json::from_str(&text).ok()? {
        Copy::Access(access) if context.now().plus_ms(LEAST_LIFE_MS) < access.expires_at => {
            open_access(context, account, &access).ok()
        }
        Copy::Access(_) => None,
        Copy::UserToken(token) => open_user_token(context, account, &token).ok(),
    }
}

/// Opens what the object gave, remembers it, and lets KV have a copy.
pub(super) async fn keep_access(context: &Context, account: &AccountId, access: &Access) -> Result<Credential, Fault> {
    publish(context, account, access).await;
    open_access(context, account, access)
}

/// The same for a token that signs.
pub(super) async fn keep_user_token(
    context: &Context,
    account: &AccountId,
    token: &UserToken,
) -> Result<Credential, Fault> {
    put(context, account, &Copy::UserToken(token.clone())).await;
    open_user_token(context, account, token)
}

/// Writes KV's copy of an access token. It may fail: the object has the token.
pub async fn publish(context: &Context, account: &AccountId, access: &Access) {
    put(context, account, &Copy::Access(access.clone())).await;
}

/// Removes the copies, here and in KV: the account is paused, removed or connected anew.
pub async fn drop_copies(context: &Context, account: &AccountId) {
    context.memory.tokens.forget(account);
    let _ = context.kv().delete(&kv_key(account)).await;
}

async fn put(context: &Context, account: &AccountId, copy: &Copy) {
    if let Ok(text) = serde_json::to_string(copy) {
        let _ = context.kv().put(&kv_key(account), &text, None).await;
    }
}

fn open_access(context: &Context, account: &AccountId, access: &Access) -> Result<Credential, Fault> {
    let place = Place { account, user: &access.user, generation: access.generation };
    let token = open(context, &access.sealed_access, "access", place)?;
    let credential = Credential::Bearer { token, generation: access.generation, expires_at: Some(access.expires_at) };
    let now = context.now();
    let until = now.plus_ms(REMEMBERED_MS).min(access.expires_at.minus_ms(LEAST_LIFE_MS));
    context.memory.tokens.remember(account.clone(), credential.clone(), now, until);
    Ok(credential)
}

fn open_user_token(context: &Context, account: &AccountId, token: &UserToken) -> Result<Credential, Fault> {
    let place = Place { account, user: &token.user, generation: token.generation };
    let secret = open(context, &token.sealed_secret, "secret", place)?;
    let public = open(context, &token.sealed_token, "token", place)?;
    let credential = Credential::Sign { token: public, secret, generation: token.generation };
    let now = context.now();
    context.memory.tokens.remember(account.clone(), credential.clone(), now, now.plus_ms(REMEMBERED_MS));
    Ok(credential)
}
