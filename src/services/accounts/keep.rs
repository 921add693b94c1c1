//! Keeping what X gave: the row is claimed, the tokens are sealed and handed to the account's object, the row is completed.

use secrecy::SecretString;

use super::{out_of_reach, store};
use crate::{
    domain::{
        Timestamp,
        account::{Account, AccountKind, AccountRecord, Command, Connection, Grant, Reply, TokenPair},
        fault::{Code, Fault},
        ids::AccountId,
    },
    ports::{EntropyExt, ObjectsExt},
    services::{
        Context,
        tokens::{self, Place},
        x::Profile,
    },
};

/// How often tokens are sealed anew when others connect or refresh the same account meanwhile.
const TRIES: usize = 5;

/// Tokens that X has given for an account, not yet sealed.
pub enum Brought<'a> {
    /// OAuth 2.0.
    OAuth2 {
        /// The access token.
        access: &'a SecretString,
        /// The refresh token, if there is one.
        refresh: Option<&'a SecretString>,
        /// When the access token ends.
        expires_at: Timestamp,
        /// The scopes X granted.
        scopes: Vec<String>,
    },
    /// OAuth 1.0a.
    OAuth1 {
        /// The token.
        token: &'a SecretString,
        /// Its secret.
        secret: &'a SecretString,
    },
}

impl Brought<'_> {
    const fn kind(&self) -> AccountKind {
        match self {
            Self::OAuth2 { .. } => AccountKind::OAuth2,
            Self::OAuth1 { .. } => AccountKind::OAuth1,
        }
    }

    fn scopes(&self) -> Vec<String> {
        match self {
            Self::OAuth2 { scopes, .. } => scopes.clone(),
            Self::OAuth1 { .. } => Vec::new(),
        }
    }

    fn seal(&self, context: &Context, place: Place<'_>) -> Result<Grant, Fault> {
        let seal = |secret, field| tokens::seal(context, secret, field, place);
        Ok(match self {
            Self::OAuth2 { access, refresh, expires_at, scopes } => Grant::OAuth2(TokenPair {
                sealed_access: seal(access, "access")?,
                sealed_refresh: refresh.map(|refresh| seal(refresh, "refresh")).transpose()?,
                expires_at: *expires_at,
                scopes: scopes.clone(),
            }),
            Self::OAuth1 { token, secret } => {
                Grant::OAuth1 { sealed_token: seal(token, "token")?, sealed_secret: seal(secret, "secret")? }
            }
        })
    }
}

/// Keeps `brought` for the X user of `profile`: under the account that user already has, or under a new one.
///
/// The row is claimed first, so that two who connect the same user at once agree on the account. A row without tokens may stay
/// behind when the object cannot be reached; it is granted to nobody, and connecting again completes it.
///
/// # Errors
/// [`Code::Unavailable`]: whether the tokens were kept is then unknown. [`Code::Conflict`] for OAuth 1.0a tokens of an account
/// that is connected with OAuth 2.0. [`Code::AccountMismatch`] when the account is another X user's.
pub async fn keep(
    context: &Context,
    profile: &Profile,
    brought: &Brought<'_>,
    label: Option<String>,
) -> Result<AccountRecord, Fault> {
    let draft = draft(context, profile, brought, label.clone())?;
    let known = store::claim(context, &draft).await.map_err(out_of_reach)?;
    if known.kind == AccountKind::OAuth2 && brought.kind() == AccountKind::OAuth1 {
        return Err(already_oauth2());
    }
    hand_over(context, &known, brought).await?;
    let record = AccountRecord {
        id: known.id,
        connected_at: known.connected_at,
        label: label.or(known.label),
        paused: known.paused,
        ..draft
    };
    store::upsert(context, &record).await.map_err(out_of_reach)?;
    context.memory.accounts.clear();
    tokens::drop_copies(context, &record.id).await;
    Ok(record)
}

fn draft(
    context: &Context,
    profile: &Profile,
    brought: &Brought<'_>,
    label: Option<String>,
) -> Result<AccountRecord, Fault> {
    let entropy = context.ports.entropy.bytes().map_err(out_of_reach)?;
    let now = context.now();
    Ok(AccountRecord {
        id: AccountId::make(&entropy),
        user: profile.user.clone(),
        username: profile.username.clone(),
        name: profile.name.clone(),
        label,
        kind: brought.kind(),
        scopes: brought.scopes(),
        paused: false,
        connected_at: now,
        updated_at: now,
    })
}

/// Seals for the generation after the newest, which the object names when another came first.
async fn hand_over(context: &Context, account: &AccountRecord, brought: &Brought<'_>) -> Result<(), Fault> {
    let mut newest = newest_generation(context, &account.id).await?;
    for _ in 0..TRIES {
        let generation = newest.saturating_add(1);
        let place = Place { account: &account.id, user: &account.user, generation };
        let connection = Connection { user: account.user.clone(), generation, grant: brought.seal(context, place)? };
        match ask(context, &account.id, &Command::Connect(Box::new(connection))).await? {
            Reply::Connected { .. } => return Ok(()),
            Reply::Stale { generation } => newest = generation,
            Reply::OtherUser => return Err(mismatch()),
            _ => return Err(Fault::internal()),
        }
    }
    Err(Fault::new(Code::Unavailable, "The account's tokens keep changing. Connect it again.").with_retry_after(2))
}

async fn newest_generation(context: &Context, account: &AccountId) -> Result<u64, Fault> {
    match ask(context, account, &Command::Health).await? {
        Reply::Health(health) => Ok(health.generation),
        _ => Err(Fault::internal()),
    }
}

pub(super) async fn ask(context: &Context, account: &AccountId, command: &Command) -> Result<Reply, Fault> {
    context.objects().ask::<Account>(account.as_str(), command).await.map_err(out_of_reach)
}

/// Another X user signed in than the one the account belongs to.
pub(in crate::services) fn mismatch() -> Fault {
    Fault::new(
        Code::AccountMismatch,
        "Another X user signed in than the one this account belongs to. Nothing was changed; sign in to X as that user.",
    )
}

fn already_oauth2() -> Fault {
    Fault::new(
        Code::Conflict,
        "This X user is connected with OAuth 2.0 already, which these tokens would replace by less. Remove the account first.",
    )
}
