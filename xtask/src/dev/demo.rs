//! The demo key and the demo account: what a newcomer needs before the first curl line.

use super::browser::{Browser, without_query};
use super::stack::Settings;
use crate::d1::Store;
use crate::http;
use crate::key::{self, Wanted};
use crate::progress;
use crate::project::{Project, write_private};
use crate::setup::Toolbox;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Who agrees to everything in the sandbox.
const DEMO_USER: &str = "alice";

/// What the first curl lines need.
#[derive(Debug)]
pub(crate) struct Demo {
    pub(crate) key: String,
    /// The connected account; with the real X, people connect their own.
    pub(crate) account: Option<Account>,
}

/// A connected account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) username: String,
}

/// The key of an earlier start, or a new one.
pub(crate) fn remembered_or_new(tools: &Toolbox, settings: &Settings) -> Result<String> {
    match std::fs::read_to_string(path(tools.project())) {
        Ok(key) if !key.trim().is_empty() => Ok(key.trim().to_owned()),
        _ => progress::step("demo key", || new_key(tools, settings)),
    }
}

/// Makes sure that the key works, and connects the demo account: the sandbox forgets when it stops.
pub(crate) fn ready(tools: &Toolbox, settings: &Settings, key: String) -> Result<Demo> {
    let gateway = |key: &str| Gateway {
        base_url: settings.base_url(),
        key: key.to_owned(),
    };
    let key = match gateway(&key).call("GET", "/v1/accounts", None)?.0 {
        401 => new_key(tools, settings)?, // the store or the pepper is another than then
        _ => key,
    };
    let account = settings
        .sandbox_url()
        .map(|sandbox| connect(&gateway(&key), &sandbox))
        .transpose()?;
    Ok(Demo { key, account })
}

fn new_key(tools: &Toolbox, settings: &Settings) -> Result<String> {
    let wanted = Wanted {
        name: "demo".to_owned(),
        scopes: Vec::new(),
    };
    let key = key::make(tools, &wanted, &Store::Local, Some(&settings.persist))?.key;
    write_private(&path(tools.project()), &key)?;
    Ok(key)
}

fn path(project: &Project) -> PathBuf {
    project.memory("demo-key")
}

/// Connects the demo user as a person would, and makes the account the default one.
fn connect(gateway: &Gateway, sandbox: &str) -> Result<Account> {
    let attempt = gateway.ok("POST", "/v1/connect", Some(&json!({})))?;
    let link = text(&attempt, "connect_url")?;
    let page = Browser::default().open(&link, |url| {
        if url.as_str().starts_with(sandbox) && url.path() == "/i/oauth2/authorize" {
            url.query_pairs_mut().append_pair("auto_approve", DEMO_USER);
        }
    })?;
    if page.status != 200 {
        bail!(
            "connecting the demo account ended at {} with {}",
            without_query(&page.url),
            page.status
        );
    }
    let accounts = gateway.ok("GET", "/v1/accounts", None)?;
    let accounts = accounts
        .get("data")
        .and_then(Value::as_array)
        .context("no list of accounts")?;
    let demo = accounts
        .iter()
        .find(|account| account.get("username") == Some(&json!(DEMO_USER)));
    let demo = demo.context("the demo account is not among the connected ones")?;
    let id = demo
        .get("id")
        .and_then(Value::as_str)
        .context("an account without an id")?
        .to_owned();
    gateway.ok("POST", &format!("/v1/accounts/{id}/default"), None)?;
    Ok(Account {
        id,
        username: DEMO_USER.to_owned(),
    })
}

/// The gateway, called with the demo key.
struct Gateway {
    base_url: String,
    key: String,
}

impl Gateway {
    /// # Errors
    /// When the answer is no success; its problem is told.
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
            (_, None) => agent.post(&url).header("Authorization", &bearer).send_empty(),
            (_, Some(body)) => agent
                .post(&url)
                .header("Authorization", &bearer)
                .header("Content-Type", "application/json")
                .send(body.to_string()),
        };
        let mut answer = answer.with_context(|| format!("{method} {path} got no answer"))?;
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        Ok((
            answer.status().as_u16(),
            serde_json::from_str(&text).unwrap_or(Value::Null),
        ))
    }
}

/// The string `name` in the answer's `data`.
fn text(answer: &Value, name: &str) -> Result<String> {
    let found = answer
        .get("data")
        .and_then(|data| data.get(name))
        .and_then(Value::as_str);
    found
        .map(str::to_owned)
        .with_context(|| format!("the answer has no {name}"))
}
