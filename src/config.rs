//! The settings, read once and checked: a deployment that is set up wrongly says so at its first request.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::domain::{account::Terms, api_key::Pepper};

/// Where settings come from: the platform's variables and secrets, or a map in tests.
pub trait Strings {
    /// The value called `name`, if it is set.
    fn get(&self, name: &str) -> Option<String>;
}

impl Strings for BTreeMap<&str, String> {
    fn get(&self, name: &str) -> Option<String> {
        BTreeMap::get(self, name).cloned()
    }
}

/// A setting is missing or cannot be read. The text names it and never shows its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the setting {name} {problem}")]
pub struct ConfigFault {
    /// Which setting.
    pub name: &'static str,
    /// What is wrong with it, and what to do.
    pub problem: String,
}

/// perch's settings.
#[derive(Debug)]
pub struct Config {
    /// `local`, `staging` or `production`; also bound into every seal.
    pub environment: String,
    /// The gateway's own base URL, as browsers see it, without a final slash.
    pub public_url: Url,
    /// Further base URLs under which clients reach perch and for which they may sign.
    pub public_urls: Vec<Url>,
    /// X and perch's app there.
    pub x: XConfig,
    /// Master keys of the sealed box.
    pub master_keys: MasterKeys,
    /// The pepper under API key hashes.
    pub pepper: Pepper,
    /// Origins any key may be used from in a browser, besides the key's own.
    pub origins: Vec<String>,
    /// Whether answers that refuse nothing have a line in the access log too.
    pub logs_all: bool,
    /// Whether X's tokens are handed to keys with the scope `tokens:vend`.
    pub token_vending: bool,
    /// How `/2` behaves where one may choose.
    pub relay: RelayConfig,
    /// How writes are seen to.
    pub writes: WritesConfig,
    /// The times of the refresh protocol.
    pub refresh: Terms,
    /// The longest tweet, in weighted characters: 280, or more for Premium accounts.
    pub max_tweet_length: u32,
}

/// X and perch's app there.
#[derive(Clone, Debug)]
pub struct XConfig {
    /// The API's base URL: `https://api.x.com`, or the sandbox.
    pub api_url: Url,
    /// The page where people agree: `https://x.com/i/oauth2/authorize`.
    pub authorize_url: Url,
    /// OAuth 2.0 client id.
    pub client_id: String,
    /// OAuth 2.0 client secret; absent for a public client.
    pub client_secret: Option<SecretString>,
    /// OAuth 1.0a consumer key and secret, where accounts with such tokens are used.
    pub consumer: Option<(String, SecretString)>,
    /// The app-only bearer, where it is not asked of X.
    pub bearer: Option<SecretString>,
}

/// How `/2` behaves where one may choose.
#[derive(Clone, Copy, Debug)]
pub struct RelayConfig {
    /// What becomes of a call to an endpoint that the catalogue has not.
    pub unknown: UnknownEndpoints,
    /// Whether a call in a window that is known to be used up is answered without asking X.
    pub refuses_at_empty_windows: bool,
}

/// How writes are seen to.
#[derive(Clone, Copy, Debug)]
pub struct WritesConfig {
    /// How long a sender may be silent before its write counts as unknown, in ms.
    pub lease_ms: u64,
    /// How long after the last moment at which it may have been sent a tweet is looked for, in ms. It must exceed the time by which
    /// X's timelines lag behind.
    pub settle_ms: u64,
    /// How often in a day X is looked at for an account's unknown writes; 0: never.
    pub looks_per_day: u32,
    /// Whether writes are sent first and stored afterwards: what crash tests compare with.
    #[cfg(feature = "crashpoints")]
    pub are_naive: bool,
}

impl WritesConfig {
    fn read(strings: &dyn Strings) -> Result<Self, ConfigFault> {
        Ok(Self {
            lease_ms: number(strings, "WRITE_LEASE_MS", 60_000)?.into(),
            settle_ms: number(strings, "RECONCILE_SETTLE_MS", 60_000)?.into(),
            looks_per_day: number(strings, "RECONCILE_READS_PER_DAY", 200)?,
            #[cfg(feature = "crashpoints")]
            are_naive: choice(strings, "NAIVE_WRITES", [("off", false), ("on", true)])?,
        })
    }
}

/// What becomes of a call to an endpoint that the catalogue has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownEndpoints {
    /// It is answered 404.
    Refuse,
    /// It is sent to X, with cautious assumptions about it.
    Forward,
}

impl RelayConfig {
    fn read(strings: &dyn Strings) -> Result<Self, ConfigFault> {
        Ok(Self {
            unknown: choice(
                strings,
                "RELAY_UNKNOWN",
                [("refuse", UnknownEndpoints::Refuse), ("forward", UnknownEndpoints::Forward)],
            )?,
            refuses_at_empty_windows: choice(strings, "RELAY_EMPTY_WINDOWS", [("refuse", true), ("forward", false)])?,
        })
    }
}

/// The master keys, by their ids.
#[derive(Clone, Debug)]
pub struct MasterKeys {
    /// The id of the key that seals.
    pub active: String,
    /// All keys that open, 32 bytes each, in base64.
    pub keys: BTreeMap<String, SecretString>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MasterKeysText {
    active: String,
    keys: BTreeMap<String, String>,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// The first setting that is missing or cannot be read.
    pub fn read(strings: &dyn Strings) -> Result<Self, ConfigFault> {
        Ok(Self {
            environment: required(strings, "ENVIRONMENT")?,
            public_url: url(strings, "PUBLIC_URL")?,
            public_urls: urls(strings, "PUBLIC_URLS")?,
            x: XConfig::read(strings)?,
            master_keys: MasterKeys::read(strings)?,
            pepper: pepper(strings)?,
            origins: list(strings, "CORS_ORIGINS"),
            logs_all: choice(strings, "ACCESS_LOG", [("all", true), ("refused", false)])?,
            token_vending: choice(strings, "TOKEN_VENDING", [("off", false), ("on", true)])?,
            relay: RelayConfig::read(strings)?,
            writes: WritesConfig::read(strings)?,
            refresh: refresh_terms(strings)?,
            max_tweet_length: number(strings, "MAX_TWEET_LENGTH", 280)?,
        })
    }
}

impl XConfig {
    fn read(strings: &dyn Strings) -> Result<Self, ConfigFault> {
        let consumer_key = optional(strings, "X_CONSUMER_KEY");
        let consumer_secret = optional(strings, "X_CONSUMER_SECRET").map(SecretString::from);
        Ok(Self {
            api_url: url(strings, "X_API_URL")?,
            authorize_url: url(strings, "X_AUTHORIZE_URL")?,
            client_id: required(strings, "X_CLIENT_ID")?,
            client_secret: optional(strings, "X_CLIENT_SECRET").map(SecretString::from),
            consumer: consumer_key.zip(consumer_secret),
            bearer: optional(strings, "X_BEARER_TOKEN").map(SecretString::from),
        })
    }
}

impl MasterKeys {
    fn read(strings: &dyn Strings) -> Result<Self, ConfigFault> {
        const NAME: &str = "PERCH_MASTER_KEYS";
        let fault = |problem: &str| ConfigFault { name: NAME, problem: problem.to_owned() };
        let text: MasterKeysText = serde_json::from_str(&required(strings, NAME)?)
            .map_err(|_| fault(r#"must be JSON: {"active":"<id>","keys":{"<id>":"<32 bytes in base64>"}}"#))?;
        if !text.keys.contains_key(&text.active) {
            return Err(fault("names an active key that is not among its keys"));
        }
        if text.keys.values().any(|key| key_bytes(key).is_none()) {
            return Err(fault("holds a key that is not 32 bytes in base64"));
        }
        let keys = text.keys.into_iter().map(|(id, key)| (id, key.into())).collect();
        Ok(Self { active: text.active, keys })
    }
}

fn refresh_terms(strings: &dyn Strings) -> Result<Terms, ConfigFault> {
    let usual = Terms::default();
    let ms = |name, usual: u64| number(strings, name, u32::try_from(usual).unwrap_or(u32::MAX)).map(u64::from);
    Ok(Terms {
        lease_ms: ms("REFRESH_LEASE_MS", usual.lease_ms)?,
        escrow_ms: ms("REFRESH_ESCROW_MS", usual.escrow_ms)?,
    })
}

/// 32 bytes from their base64.
pub fn key_bytes(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

fn pepper(strings: &dyn Strings) -> Result<Pepper, ConfigFault> {
    const NAME: &str = "PERCH_KEY_PEPPER";
    let bytes = key_bytes(&required(strings, NAME)?);
    let problem = "must be 32 random bytes in base64".to_owned();
    bytes.and_then(|bytes| Pepper::new(bytes.to_vec()).ok()).ok_or(ConfigFault { name: NAME, problem })
}

/// A set value without the white space that creeps in when secrets are pasted.
fn optional(strings: &dyn Strings, name: &str) -> Option<String> {
    strings.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn required(strings: &dyn Strings, name: &'static str) -> Result<String, ConfigFault> {
    let problem = "is not set; see the configuration table in README.md".to_owned();
    optional(strings, name).ok_or(ConfigFault { name, problem })
}

fn url(strings: &dyn Strings, name: &'static str) -> Result<Url, ConfigFault> {
    parse_url(&required(strings, name)?, name)
}

fn urls(strings: &dyn Strings, name: &'static str) -> Result<Vec<Url>, ConfigFault> {
    list(strings, name).iter().map(|text| parse_url(text, name)).collect()
}

fn parse_url(text: &str, name: &'static str) -> Result<Url, ConfigFault> {
    let fault = |problem: &str| ConfigFault { name, problem: problem.to_owned() };
    let url = Url::parse(text).map_err(|_| fault("is not a URL"))?;
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if local => Ok(url),
        _ => Err(fault("must be an https URL; http is for this machine only")),
    }
}

fn list(strings: &dyn Strings, name: &str) -> Vec<String> {
    let text = optional(strings, name).unwrap_or_default();
    text.split([',', ' ']).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// One of two words; the first is the default.
fn choice<T>(strings: &dyn Strings, name: &'static str, words: [(&str, T); 2]) -> Result<T, ConfigFault> {
    let [(one, default), (other, alternative)] = words;
    match optional(strings, name).as_deref() {
        None => Ok(default),
        Some(word) if word == one => Ok(default),
        Some(word) if word == other => Ok(alternative),
        Some(_) => Err(ConfigFault { name, problem: format!("must be {one} or {other}") }),
    }
}

fn number(strings: &dyn Strings, name: &'static str, default: u32) -> Result<u32, ConfigFault> {
    let problem = "must be a whole number".to_owned();
    optional(strings, name).map_or(Ok(default), |text| text.parse().map_err(|_| ConfigFault { name, problem }))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn settings() -> BTreeMap<&'static str, String> {
        let keys = format!(r#"{{"active":"k1","keys":{{"k1":"{KEY}"}}}}"#);
        let pairs = [
            ("ENVIRONMENT", "local"),
            ("PUBLIC_URL", "http://127.0.0.1:8787"),
            ("X_API_URL", "https://api.x.com"),
            ("X_AUTHORIZE_URL", "https://x.com/i/oauth2/authorize"),
            ("X_CLIENT_ID", "app"),
            ("X_CLIENT_SECRET", " hush\n"),
            ("PERCH_MASTER_KEYS", &keys),
            ("PERCH_KEY_PEPPER", KEY),
        ];
        pairs.map(|(name, value)| (name, value.to_owned())).into()
    }

    fn read_with(name: &'static str, value: &str) -> Result<Config, ConfigFault> {
        let mut settings = settings();
        settings.insert(name, value.to_owned());
        Config::read(&settings)
    }

    #[test]
    fn a_whole_set_is_read_and_secrets_lose_the_space_they_were_pasted_with() {
        let config = Config::read(&settings()).unwrap();
        assert_eq!(config.x.client_secret.map(|secret| secret.expose_secret().to_owned()).as_deref(), Some("hush"));
        assert!(config.x.consumer.is_none() && config.origins.is_empty());
        assert_eq!(config.max_tweet_length, 280);
        assert!(!config.token_vending);
    }

    #[test]
    fn what_is_missing_is_named() {
        for name in ["ENVIRONMENT", "PUBLIC_URL", "X_API_URL", "X_CLIENT_ID", "PERCH_MASTER_KEYS", "PERCH_KEY_PEPPER"] {
            let mut settings = settings();
            settings.remove(name);
            assert_eq!(Config::read(&settings).unwrap_err().name, name);
            assert_eq!(read_with(name, " ").unwrap_err().name, name);
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_without_its_value() {
        let short = r#"{"active":"k1","keys":{"k1":"c2VjcmV0"}}"#;
        let absent = format!(r#"{{"active":"k2","keys":{{"k1":"{KEY}"}}}}"#);
        let cases = [
            ("PERCH_MASTER_KEYS", "c2VjcmV0"),
            ("PERCH_MASTER_KEYS", short),
            ("PERCH_MASTER_KEYS", &absent),
            ("PERCH_KEY_PEPPER", "c2VjcmV0"),
            ("PUBLIC_URL", "perch.example"),
            ("PUBLIC_URLS", "https://perch.example,perch.example"),
            ("PUBLIC_URLS", "http://perch.example"),
            ("X_API_URL", "http://api.x.com"),
            ("MAX_TWEET_LENGTH", "many"),
            ("TOKEN_VENDING", "yes"),
            ("RELAY_UNKNOWN", "maybe"),
        ];
        for (name, value) in cases {
            let fault = read_with(name, value).unwrap_err();
            assert_eq!(fault.name, name);
            assert!(!fault.to_string().contains("c2VjcmV0") && !fault.to_string().contains(KEY), "{fault}");
        }
    }

    #[test]
    fn no_secret_is_printed_with_the_settings() {
        let printed = format!("{:?}", Config::read(&settings()).unwrap());
        assert!(!printed.contains("hush") && !printed.contains(KEY), "{printed}");
    }
}
