//! The cookie that binds an attempt to one browser.

use http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::{
    domain::{attempt::TIME_TO_LIVE_MS, fault::Fault},
    services::connect::Nonce,
};

/// Where the cookie is kept, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Jar {
    /// `__Host-` (RFC 6265bis, 4.1.3.2): only this host over TLS can have set it, so no neighbour can plant one.
    Secure,
    /// Without TLS, which only a machine of one's own is reached by, browsers keep neither `Secure` nor `__Host-` cookies.
    Local,
}

impl Jar {
    /// The jar of the deployment that is reached at `public_url`.
    pub(super) fn of(public_url: &Url) -> Self {
        if public_url.scheme() == "https" { Self::Secure } else { Self::Local }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-perch_connect",
            Self::Local => "perch_connect",
        }
    }

    /// The cookie the browser brought, if it is one of ours by its form.
    pub(super) fn find(self, headers: &HeaderMap) -> Option<Nonce> {
        let lines = headers.get_all(header::COOKIE).into_iter();
        lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.name())
            .and_then(|(_, value)| Nonce::parse(value))
    }

    /// `Set-Cookie`, for as long as an attempt may take. `Lax` lets it come back with the navigation from X.
    pub(super) fn set(self, cookie: &Nonce) -> Result<HeaderValue, Fault> {
        let secure = match self {
            Self::Secure => "Secure; ",
            Self::Local => "",
        };
        let text = format!(
            "{}={}; {secure}HttpOnly; SameSite=Lax; Path=/; Max-Age={}",
            self.name(),
            cookie.as_str(),
            TIME_TO_LIVE_MS / 1000
        );
        let mut value = HeaderValue::from_str(&text).map_err(|_| Fault::internal())?;
        value.set_sensitive(true);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn found(jar: Jar, line: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::COOKIE, line.parse().unwrap())]);
        jar.find(&headers).map(|nonce| nonce.as_str().to_owned())
    }

    #[test]
    fn the_cookie_is_host_bound_over_tls_and_plain_on_a_machine_of_ones_own() {
        let nonce = Nonce::parse(VALUE).unwrap();
        let set = |url: &str| Jar::of(&Url::parse(url).unwrap()).set(&nonce).unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            set("https://perch.example"),
            format!("__Host-perch_connect={VALUE}; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=600")
        );
        assert_eq!(
            set("http://127.0.0.1:8787"),
            format!("perch_connect={VALUE}; HttpOnly; SameSite=Lax; Path=/; Max-Age=600")
        );
    }

    #[test]
    fn only_the_jar_s_own_cookie_is_found() {
        let line = format!("a=b; __Host-perch_connect={VALUE}; c=d");
        assert_eq!(found(Jar::Secure, &line).as_deref(), Some(VALUE));
        assert_eq!(found(Jar::Local, &line), None);
        assert_eq!(found(Jar::Secure, &format!("perch_connect={VALUE}")), None);
        assert_eq!(found(Jar::Secure, "__Host-perch_connect=planted"), None);
    }
}
