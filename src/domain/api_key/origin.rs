//! Web origins a key may be used from.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// A serialized origin exactly as a browser sends it (scheme, host, port unless it is the default; WHATWG HTML 7.1.1), so
/// that it can be compared as text. `https` only, or `http` on a loopback host. Never `null`, never a wildcard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

impl Origin {
    /// Reads an origin of an `Origin` header or of a configuration.
    ///
    /// # Errors
    /// When the text is not the one serialization of an allowed origin.
    pub fn parse(text: &str) -> Result<Self, MalformedOrigin> {
        let url = Url::parse(text).map_err(|_| MalformedOrigin)?;
        let allowed = match url.scheme() {
            // The URL Standard takes `*` for a host like any other; a reader of configuration would not.
            "https" => !text.contains('*'),
            "http" => is_loopback(&url),
            _ => false,
        };
        let canonical = url.origin().ascii_serialization() == text;
        if allowed && canonical { Ok(Self(text.to_owned())) } else { Err(MalformedOrigin) }
    }

    /// The serialized origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the URL's host is this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl TryFrom<String> for Origin {
    type Error = MalformedOrigin;

    fn try_from(text: String) -> Result<Self, MalformedOrigin> {
        Self::parse(&text)
    }
}

/// The text is not a serialized https origin (or http on loopback).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an origin is https://host or https://host:port, http only for loopback, nothing after the port")]
pub struct MalformedOrigin;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serialized_origins_are_kept() {
        for text in [
            "https://app.example",
            "https://app.example:8443",
            "https://xn--bcher-kva.example",
            "https://[2001:db8::1]",
            "http://localhost:5173",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
        ] {
            assert_eq!(Origin::parse(text).map(String::from).as_deref(), Ok(text));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "null",
            "*",
            "https://",
            "https://app.example/",
            "https://app.example:443",
            "https://APP.example",
            "HTTPS://app.example",
            "https://user@app.example",
            "https://app.example?q",
            "https://app.example#f",
            " https://app.example",
            "https://app.example ",
            "https://*.app.example",
            "https://bücher.example",
            "https:app.example",
            "https:\\\\app.example",
            "http://app.example",
            "http://localhost.app.example",
            "http://127.1:8080",
            "http://192.168.0.1",
            "ws://localhost",
            "file:///tmp",
            "data:text/html,x",
            "blob:https://app.example/1",
        ] {
            assert_eq!(Origin::parse(text), Err(MalformedOrigin), "{text}");
        }
    }
}
