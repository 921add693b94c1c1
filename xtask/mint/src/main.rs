//! Makes an API key with the gateway's own code and prints it with its row, as JSON. A program of its own, so that
//! xtask needs not be compiled with the gateway. The pepper comes in `PERCH_KEY_PEPPER`: arguments are seen by all users.

use std::error::Error;
use std::process::ExitCode;
use std::time::SystemTime;

use base64::{Engine, engine::general_purpose::STANDARD};
use clap::Parser;
use perch::domain::Timestamp;
use perch::domain::api_key::{AccountGrant, ApiKey, Issue, KeyRecord, Mode, Pepper, Quota, Scope, ScopeSet};

#[derive(Parser)]
#[command(about = "Make an API key; the pepper is in PERCH_KEY_PEPPER")]
struct Args {
    /// What people call it
    #[arg(long)]
    name: String,
    /// Scopes, separated by commas; all when none is given
    #[arg(long, value_delimiter = ',')]
    scopes: Vec<String>,
    /// Where a connection may return to
    #[arg(long)]
    return_uri: Vec<String>,
    /// Requests a minute; the first key is for operating, not for traffic
    #[arg(long, default_value_t = 600)]
    per_minute: u32,
    /// For real accounts, not for development
    #[arg(long)]
    live: bool,
}

fn main() -> ExitCode {
    match mint(Args::parse()) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn mint(args: Args) -> Result<serde_json::Value, Box<dyn Error>> {
    let pepper = Pepper::new(STANDARD.decode(std::env::var("PERCH_KEY_PEPPER")?.trim())?)?;
    let mode = if args.live { Mode::Live } else { Mode::Test };
    let key = ApiKey::make(mode, &entropy()?, &entropy()?);
    let millis = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
    let record = record(args, &key, &pepper, Timestamp::from_ms(u64::try_from(millis)?))?;
    Ok(serde_json::json!({
        "key": key.expose(),
        "kid": record.kid,
        "name": record.name,
        "record": serde_json::to_string(&record)?,
        "created_at": record.created_at.as_ms(),
    }))
}

fn record(args: Args, key: &ApiKey, pepper: &Pepper, now: Timestamp) -> Result<KeyRecord, Box<dyn Error>> {
    Ok(KeyRecord {
        kid: key.kid().clone(),
        name: args.name,
        hash: key.hash(pepper),
        scopes: scopes(&args.scopes)?,
        accounts: AccountGrant::All,
        default_account: None,
        origins: Vec::new(),
        quota: Quota { per_minute: args.per_minute, per_day: None },
        return_uris: args.return_uri,
        created_at: now,
        expires_at: None,
        revoked_at: None,
        overlap_until: None,
        replaced_by: None,
        oauth1: Issue::default(),
        refresh_handles: Issue::default(),
        version: 1,
    })
}

fn scopes(names: &[String]) -> Result<ScopeSet, String> {
    if names.is_empty() {
        return Ok(Scope::ALL.into_iter().collect());
    }
    let scope = |name: &String| {
        let known = || Scope::ALL.map(Scope::as_str).join(", ");
        let found = Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
        found.ok_or_else(|| format!("{name} is no scope; these are: {}", known()))
    };
    names.iter().map(scope).collect()
}

fn entropy<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_that_of_the_key() {
        let pepper = Pepper::new(vec![3; 32]).unwrap();
        let key = ApiKey::make(Mode::Test, &[1; 16], &[2; 32]);
        let args = Args { name: "first".to_owned(), scopes: vec![], return_uri: vec![], per_minute: 60, live: false };
        let record = record(args, &key, &pepper, Timestamp::from_seconds(5)).unwrap();
        let presented = ApiKey::parse(&key.expose()).unwrap();
        assert!(record.hash.matches(&presented.hash(&pepper)));
        assert_eq!(&record.kid, presented.kid());
        assert!(Scope::ALL.into_iter().all(|scope| record.scopes.allows(scope)));
    }

    #[test]
    fn an_unknown_scope_is_named() {
        let error = scopes(&["tweets:read".to_owned(), "tweets:fly".to_owned()]).unwrap_err();
        assert!(error.contains("tweets:fly") && error.contains("tweets:write"), "{error}");
    }
}
