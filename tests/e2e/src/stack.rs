//! The stack: sandbox and gateway, started once, shared by all tests.

mod breakers;
mod plan;
mod start;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use url::Url;

use crate::archive::Archive;
use crate::browser::Browser;
use crate::client::Client;
use crate::sandbox::Sandbox;
use crate::server::{Server, free_port};
use crate::settings::{self, Ports, Secrets};

pub use plan::{Front, Plan};

/// The running stack.
pub struct Stack {
    /// The emulated X.
    pub sandbox: Sandbox,
    /// What the gateway answered, and what it must not have.
    pub archive: Arc<Archive>,
    /// The gateway's secrets.
    pub secrets: Secrets,
    http: reqwest::Client,
    base: String,
    first_key: String,
    users: Arc<AtomicUsize>,
    most_users: usize,
    port: u16,
    direct: OnceLock<Box<Stack>>,
    servers: Mutex<Vec<Server>>,
}

/// A client application with a key of its own and an X account of its own.
pub struct App {
    /// Calls with its key, for its account.
    pub client: Client,
    /// Its key, for requests that are written by hand.
    pub key: String,
    /// Its key's public name.
    pub kid: String,
    /// Its account.
    pub account: String,
    /// The X user of its account.
    pub user: String,
    /// The handle of its account.
    pub username: String,
}

impl Stack {
    /// Starts sandbox and gateway in a new folder of their own.
    ///
    /// # Errors
    /// When a part is not built or does not start; the end of its log is told.
    pub fn start(plan: &Plan) -> Result<Self> {
        let project = start::project(plan)?;
        let folder = std::env::temp_dir().join(format!("{}-{}", plan.name, std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let ports = Ports { gateway: free_port()?, sandbox: free_port()? };
        let secrets = Secrets::new()?;
        settings::write(&folder, &project, plan, ports, &secrets)?;
        let first_key = step("database and first key", || start::store(&project, &folder, &secrets))?;
        let base = format!("http://127.0.0.1:{}", ports.gateway);
        let sandbox = step("sandbox", || start::sandbox(&folder, ports.sandbox, &base, plan.users))?;
        let gateway = step("gateway on workerd", || match plan.front {
            Front::Wrangler => start::gateway(&project, &folder, ports.gateway),
            Front::Nothing => start::direct(&project, &folder, ports.gateway),
        })?;
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_mins(2))
            .build()?;
        let archive = Arc::new(Archive::new(&folder));
        archive.know("the first key", secret_part(&first_key));
        Ok(Self {
            sandbox: Sandbox::new(http.clone(), &format!("http://127.0.0.1:{}", ports.sandbox)),
            archive,
            secrets,
            http,
            base,
            first_key,
            users: Arc::default(),
            most_users: plan.users,
            port: ports.gateway,
            direct: OnceLock::new(),
            servers: Mutex::new(vec![gateway, sandbox]),
        })
    }

    /// The same X with a second gateway on workerd, which has nothing in front of it: for what wrangler's proxy repairs, refuses,
    /// buffers, or does not tell. Its store is its own and knows the first key alone.
    pub fn direct(&self) -> &Self {
        self.direct.get_or_init(|| {
            let (port, server) = start::beside(self.archive.folder()).expect("the gateway starts without a proxy");
            Box::new(Self {
                sandbox: self.sandbox.clone(),
                archive: self.archive.clone(),
                secrets: self.secrets.clone(),
                http: self.http.clone(),
                base: format!("http://127.0.0.1:{port}"),
                first_key: self.first_key.clone(),
                users: self.users.clone(),
                most_users: self.most_users,
                port,
                direct: OnceLock::new(),
                servers: Mutex::new(vec![server]),
            })
        })
    }

    /// The gateway's port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops everything. The store and the logs stay.
    pub fn stop(&self) {
        if let Some(direct) = self.direct.get() {
            direct.stop();
        }
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// A client without a key.
    pub fn anonymous(&self) -> Client {
        Client::new(self.http.clone(), &self.base, self.archive.clone())
    }

    /// A client with the first key, which may do everything.
    pub fn admin(&self) -> Client {
        self.anonymous().with_key(&self.first_key)
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.http.clone(), self.archive.clone(), &self.base)
    }

    /// The memory that the gateway's workerd takes now, in bytes.
    pub fn gateway_memory(&self) -> u64 {
        let servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        servers.first().map_or(0, |gateway| gateway.memory_of("workerd"))
    }

    /// Kills the gateway's workerd as `kill -9` does; it starts again at once, on the same store and port. Answers when it is back.
    ///
    /// # Panics
    /// When the stack's front is not [`Front::Nothing`], or nothing comes back.
    pub fn kill_gateway(&self) {
        self.strike_gateway();
        self.await_gateway();
    }

    /// The first half of [`Stack::kill_gateway`]: it is dead, and about to come back.
    ///
    /// # Panics
    /// When there is nothing to kill.
    pub fn strike_gateway(&self) {
        let servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let gateway = servers.first().expect("there is a gateway");
        gateway.kill("workerd").expect("workerd is there to be killed");
    }

    /// The second half: it is back.
    ///
    /// # Panics
    /// When it does not come back.
    pub fn await_gateway(&self) {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let gateway = servers.first_mut().expect("there is a gateway");
        gateway.wait_until_ready(self.port, "/health", Duration::from_secs(20)).expect("the gateway comes back");
    }

    /// Another X user whom no other test has: id and handle.
    pub fn new_user(&self) -> (String, String) {
        let number = self.users.fetch_add(1, Ordering::Relaxed);
        assert!(number < self.most_users, "the sandbox has no more users");
        (start::user_id(number), start::username(number))
    }

    /// Makes a key. `terms` are members of `POST /v1/keys`; a name is added.
    pub async fn key(&self, terms: Value) -> (String, String) {
        let mut body = json!({"name": "e2e", "quota": {"per_minute": 100_000}, "scopes": SCOPES});
        if let (Some(body), Value::Object(terms)) = (body.as_object_mut(), terms) {
            body.extend(terms);
        }
        self.made_key("/v1/keys", &body).await
    }

    /// Rotates a key, and answers with the one that takes its place.
    pub async fn rotated_key(&self, kid: &str, terms: &Value) -> (String, String) {
        self.made_key(&format!("/v1/keys/{kid}/rotate"), terms).await
    }

    /// The one kind of answer that holds a whole key: it is for who asks, and stands in no archive.
    async fn made_key(&self, path: &str, body: &Value) -> (String, String) {
        let call = self.admin().call(reqwest::Method::POST, path).json(body);
        let answer = call.confidential().send().await.must(201);
        let (key, kid) = (answer.text("/data/key"), answer.text("/data/kid"));
        self.archive.know(format!("the key {kid}"), secret_part(&key));
        (key, kid)
    }

    /// A client application with a key and a connected account that no other test has.
    pub async fn app(&self, terms: Value) -> App {
        let (key, kid) = self.key(terms).await;
        let (user, username) = self.new_user();
        let client = self.anonymous().with_key(&key);
        let account = self.connect(&client, &username).await;
        App { client: client.acting_for(&account), key, kid, account, user, username }
    }

    /// Connects `username` as a person at a terminal does, and answers with the account's id.
    pub async fn connect(&self, client: &Client, username: &str) -> String {
        self.connect_with(client, username, &json!({})).await
    }

    /// The same with a wish: the members of `POST /v1/connect`.
    pub async fn connect_with(&self, client: &Client, username: &str, wish: &Value) -> String {
        let begun = client.post("/v1/connect", wish).await.must(201);
        let mut url = Url::parse(&begun.text("/data/url")).expect("an address to open");
        url.set_port(Some(self.port)).expect("the address has a port");
        let page = self.browser().follow(&url, self.agreeing(username)).await;
        assert_eq!(page.status, 200, "the connection ended at {}", page.url.path());
        let list = client.get("/v1/accounts").await.must(200).json();
        let accounts = list["data"].as_array().cloned().unwrap_or_default();
        let account = accounts.iter().find(|account| account["username"] == username);
        account.and_then(|account| account["id"].as_str()).expect("the connected account is listed").to_owned()
    }

    /// Follows redirects; on X's page `username` agrees. X sends the browser to the one address it knows: this gateway's, or that
    /// of the one with a proxy, whose place this one takes.
    pub fn agreeing(&self, username: &str) -> impl FnMut(&mut Url) -> bool + use<> {
        let (sandbox, gateway, username) = (self.sandbox.base().to_owned(), self.base.clone(), username.to_owned());
        let port = self.port;
        move |url| {
            if url.as_str().starts_with(&sandbox) {
                url.query_pairs_mut().append_pair("auto_approve", &username);
                return true;
            }
            if url.path().starts_with("/connect/") {
                url.set_port(Some(port)).expect("the address has a port");
            }
            url.as_str().starts_with(&gateway)
        }
    }
}

/// What client applications are given: neither `admin` nor `tokens:vend`.
const SCOPES: [&str; 11] = [
    "relay:read",
    "relay:write",
    "tweets:read",
    "tweets:write",
    "likes:write",
    "retweets:write",
    "bookmarks:write",
    "media:write",
    "accounts:read",
    "accounts:write",
    "audit:read",
];

/// What of a key is secret: its fourth part.
fn secret_part(key: &str) -> String {
    key.split('_').nth(3).unwrap_or(key).to_owned()
}

/// Runs `work` and says how long it took.
fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let done = work().with_context(|| format!("{name} failed"))?;
    eprintln!("  {name}: {:.1} s", started.elapsed().as_secs_f32());
    Ok(done)
}
