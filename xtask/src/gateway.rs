//! The gateway as a client application sees it: called over HTTP, with a key.

use crate::browser::{Browser, without_query};
use crate::http;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// A running gateway and a key for it.
pub(crate) struct Gateway {
    pub(crate) base_url: String,
    pub(crate) key: String,
}

/// A connected account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) username: String,
}

impl Gateway {
    /// Is the key known here?
    pub(crate) fn knows_key(&self) -> Result<bool> {
        Ok(self.call("GET", "/v1/accounts", None)?.0 != 401)
    }

    /// Connects `username` of the X at `x_url` as a person with a browser would, and makes the account the default one.
    ///
    /// # Errors
    /// When a step is refused; the problem's detail is told.
    pub(crate) fn connect(&self, x_url: &str, username: &str) -> Result<Account> {
        let attempt = self.ok("POST", "/v1/connect", Some(&json!({})))?;
        let link = attempt.pointer("/data/url").and_then(Value::as_str).context("the attempt has no address")?;
        let page = Browser::default().open(link, |url| {
            if url.as_str().starts_with(x_url) && url.path() == "/i/oauth2/authorize" {
                url.query_pairs_mut().append_pair("auto_approve", username);
            }
        })?;
        if page.status != 200 {
            bail!("connecting @{username} ended at {} with {}", without_query(&page.url), page.status);
        }
        let accounts = self.ok("GET", "/v1/accounts", None)?;
        let accounts = accounts.get("data").and_then(Value::as_array).context("no list of accounts")?;
        let account = accounts.iter().find(|account| account.get("username") == Some(&json!(username)));
        let id = account.and_then(|account| account.get("id")).and_then(Value::as_str);
        let id = id.with_context(|| format!("@{username} is not among the connected accounts"))?;
        self.ok("PUT", &format!("/v1/accounts/{id}/default"), None)?;
        Ok(Account { id: id.to_owned(), username: username.to_owned() })
    }

    fn ok(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let (status, answer) = self.call(method, path, body)?;
        if !(200..300).contains(&status) {
            let detail = answer.get("detail").and_then(Value::as_str).unwrap_or("no detail");
            bail!("{method} {path} answered {status}: {detail}");
        }
        Ok(answer)
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, Value)> {
        let url = format!("{}{path}", self.base_url);
        let bearer = format!("Bearer {}", self.key);
        let agent = http::agent();
        let answer = match (method, body) {
            ("GET", _) => agent.get(&url).header("Authorization", &bearer).call(),
            ("PUT", _) => agent.put(&url).header("Authorization", &bearer).send_empty(),
            (_, body) => agent
                .post(&url)
                .header("Authorization", &bearer)
                .header("Content-Type", "application/json")
                .send(body.unwrap_or(&Value::Null).to_string()),
        };
        let mut answer = answer.with_context(|| format!("{method} {path} got no answer"))?;
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        Ok((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null)))
    }
}
