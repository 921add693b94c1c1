//! A browser: it keeps cookies by host and port, and follows redirects when told to.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::header;
use url::Url;

use crate::archive::Archive;

/// A browser with its cookies.
pub struct Browser {
    http: reqwest::Client,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    archive: Arc<Archive>,
    gateway: String,
}

/// What a browser was shown.
#[derive(Debug)]
pub struct Page {
    /// Where.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// Where it is sent to, if it is a redirect.
    pub location: Option<Url>,
    /// `Set-Cookie`, whole.
    pub cookies: Vec<String>,
    /// The text.
    pub body: String,
}

impl Browser {
    pub(crate) fn new(http: reqwest::Client, archive: Arc<Archive>, gateway: &str) -> Self {
        Self { http, cookies: BTreeMap::new(), archive, gateway: gateway.to_owned() }
    }

    /// Opens one page; redirects are not followed.
    pub async fn open(&mut self, url: &Url) -> Page {
        let mut request = self.http.get(url.clone()).header(header::ACCEPT, "text/html");
        if let Some(cookies) = self.cookies(url) {
            request = request.header(header::COOKIE, cookies);
        }
        let answer = request.send().await.expect("a page is answered");
        let page = Page {
            url: url.clone(),
            status: answer.status().as_u16(),
            location: location(url, &answer),
            cookies: self.take_cookies(url, &answer),
            body: answer.text().await.expect("a page has a text"),
        };
        self.keep(&page);
        page
    }

    /// The value of `Cookie` for a page.
    pub fn cookies(&self, url: &Url) -> Option<String> {
        let jar = self.cookies.get(&site(url))?;
        let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Some(cookies.join("; "))
    }

    /// Opens a page and follows redirects, at most ten, while `goes_on` says so of the next address. It may change it.
    pub async fn follow(&mut self, url: &Url, mut goes_on: impl FnMut(&mut Url) -> bool) -> Page {
        let mut url = url.clone();
        for _hop in 0..10 {
            let page = self.open(&url).await;
            match &page.location {
                Some(next) => url = next.clone(),
                None => return page,
            }
            if !goes_on(&mut url) {
                return page;
            }
        }
        panic!("too many redirects");
    }

    fn take_cookies(&mut self, url: &Url, answer: &reqwest::Response) -> Vec<String> {
        let jar = self.cookies.entry(site(url)).or_default();
        let lines = answer.headers().get_all(header::SET_COOKIE).iter();
        let lines: Vec<String> = lines.filter_map(|line| line.to_str().ok().map(str::to_owned)).collect();
        for line in &lines {
            if let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) {
                jar.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
        lines
    }

    /// What the gateway showed is kept; what X showed is X's.
    fn keep(&self, page: &Page) {
        if page.url.as_str().starts_with(&self.gateway) {
            let location = page.location.as_ref().map(Url::as_str).unwrap_or_default();
            self.archive.keep(format!("{}\n{location}\n{}", page.cookies.join("\n"), page.body).as_bytes());
        }
    }
}

/// Where the answer sends the browser, if it does.
fn location(url: &Url, answer: &reqwest::Response) -> Option<Url> {
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    answer.status().is_redirection().then(|| url.join(location).ok())?
}

/// Cookies do not tell ports apart, yet here two hosts are two ports.
fn site(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port().unwrap_or_default())
}
