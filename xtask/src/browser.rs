//! As much of a browser as connecting an account takes: it follows redirects and returns cookies to their host.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use url::Url;

/// A browser with its cookies.
#[derive(Debug, Default)]
pub(crate) struct Browser {
    /// By host and port, then by name.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

/// Where a journey ended.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: u16,
}

impl Browser {
    /// Opens `url` and goes where it leads; `visit` may change an address before it is opened.
    ///
    /// # Errors
    /// When a server does not answer, or sends us in circles.
    pub(crate) fn open(&mut self, url: &str, visit: impl Fn(&mut Url)) -> Result<Page> {
        let mut url = Url::parse(url).with_context(|| format!("{url} is no address"))?;
        for _hop in 0..10 {
            visit(&mut url);
            let (status, next) = self.get(&url)?;
            match next {
                Some(next) => url = next,
                None => return Ok(Page { url, status }),
            }
        }
        bail!("too many redirects, the last to {}", without_query(&url))
    }

    fn get(&mut self, url: &Url) -> Result<(u16, Option<Url>)> {
        let request = crate::http::agent().get(url.as_str()).header("Accept", "text/html");
        let request = match self.cookie_header(url) {
            Some(cookies) => request.header("Cookie", cookies),
            None => request,
        };
        let answer = request.call().with_context(|| format!("{} does not answer", without_query(url)))?;
        for cookie in answer.headers().get_all("set-cookie") {
            self.keep(url, cookie.to_str().unwrap_or_default());
        }
        let status = answer.status().as_u16();
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let next = location.filter(|_| (300..400).contains(&status)).map(|location| url.join(location));
        Ok((status, next.transpose().context("a redirect to no address")?))
    }

    fn keep(&mut self, url: &Url, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=') {
            let jar = self.cookies.entry(host(url)).or_default();
            jar.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }

    fn cookie_header(&self, url: &Url) -> Option<String> {
        let jar = self.cookies.get(&host(url))?;
        Some(jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; "))
    }
}

fn host(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

/// For messages: codes and states travel in queries.
pub(crate) fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_returns_to_its_own_port_only() {
        let mut browser = Browser::default();
        let gateway = Url::parse("http://127.0.0.1:8787/connect/1").unwrap();
        browser.keep(&gateway, "__Host-perch=abc; Path=/; HttpOnly");
        browser.keep(&gateway, "other=1");
        assert_eq!(browser.cookie_header(&gateway).as_deref(), Some("__Host-perch=abc; other=1"));
        assert_eq!(browser.cookie_header(&Url::parse("http://127.0.0.1:8788/").unwrap()), None);
    }

    #[test]
    fn a_message_about_an_address_hides_its_query() {
        let url = Url::parse("http://127.0.0.1:8787/connect/callback?code=secret").unwrap();
        assert_eq!(without_query(&url), "http://127.0.0.1:8787/connect/callback");
    }
}
