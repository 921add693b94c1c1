//! A browser, and the people who connect X accounts with it.

use std::sync::{Mutex, PoisonError};

use serde_json::json;
use url::Url;

use super::world::{Answer, World};

/// A browser: it keeps the cookie it is given, and says that it shows pages.
pub(crate) struct Browser<'a> {
    world: &'a World,
    cookie: Mutex<Option<String>>,
}

impl<'a> Browser<'a> {
    /// A browser that has been nowhere.
    pub(crate) fn new(world: &'a World) -> Self {
        Self { world, cookie: Mutex::default() }
    }

    /// Goes to an address of perch's.
    pub(crate) async fn go(&self, url: &str) -> Answer {
        let path = url.strip_prefix("https://perch.example").unwrap_or(url);
        let mut asking = self.world.request("GET", path).header("accept", "text/html,*/*;q=0.8");
        if let Some(cookie) = self.cookie() {
            asking = asking.header("cookie", &cookie);
        }
        let answer = asking.send().await;
        if let Some(set) = answer.headers.get("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(pair);
        }
        answer
    }

    /// The cookie it keeps, as `name=value`.
    pub(crate) fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens an attempt; gives the address of X's consent page.
    pub(crate) async fn open(&self, url: &str) -> Url {
        location(&self.go(url).await)
    }

    /// Comes back from X with a code, for the consent page it was sent to.
    pub(crate) async fn agree(&self, consent: &Url, code: &str) -> Answer {
        self.go(&format!("/connect/callback?state={}&code={code}", of_query(consent, "state"))).await
    }
}

/// Where a 303 sends the browser.
#[track_caller]
pub(crate) fn location(answer: &Answer) -> Url {
    assert_eq!(answer.status, 303, "{}", answer.text());
    Url::parse(&answer.header("location")).unwrap()
}

/// A query parameter.
#[track_caller]
pub(crate) fn of_query(url: &Url, name: &str) -> String {
    let value = url.query_pairs().find(|(key, _)| key == name);
    value.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

/// An X user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) id: &'static str,
    pub(crate) username: &'static str,
}

pub(crate) const ADA: Person = Person { id: "1001", username: "ada" };
pub(crate) const BOB: Person = Person { id: "1002", username: "bob" };

const GRANTED: &str = "tweet.read tweet.write users.read offline.access";

/// X grants `person`'s tokens once, called `access-{tag}` and `refresh-{tag}`, and says once whose they are.
pub(crate) fn x_connects(world: &World, person: Person, tag: &str) {
    x_grants(world, tag);
    let me =
        json!({"data": {"id": person.id, "username": person.username, "name": format!("Name of {}", person.username)}});
    world.x.on("GET", "/2/users/me").answer(200, me);
}

/// X grants tokens once.
pub(crate) fn x_grants(world: &World, tag: &str) {
    let granted = json!({
        "token_type": "bearer", "expires_in": 7200, "scope": GRANTED,
        "access_token": format!("access-{tag}"), "refresh_token": format!("refresh-{tag}"),
    });
    world.x.on("POST", "/2/oauth2/token").answer(200, granted);
}

/// `person` connects their account for `key` at a terminal; gives the account's id.
pub(crate) async fn connect(world: &World, key: &str, person: Person) -> String {
    let begun = world.post("/v1/connect", key, json!({})).await.expect_status(201).json();
    let browser = Browser::new(world);
    let consent = browser.open(begun["data"]["url"].as_str().unwrap()).await;
    x_connects(world, person, person.username);
    browser.agree(&consent, "code").await.expect_status(200);
    world.settle().await;
    let accounts = world.get("/v1/accounts", key).await.expect_status(200).json();
    let accounts = accounts["data"].as_array().cloned().unwrap();
    let account = accounts.iter().find(|account| account["x_user_id"] == person.id);
    account.unwrap()["id"].as_str().unwrap().to_owned()
}
