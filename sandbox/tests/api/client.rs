//! A client of the sandbox, and the ways it connects.

use perch_sandbox::{Config, DEFAULT_REDIRECT_URI, Running, spawn};
use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use serde_json::{Value, json};
use tokio::net::TcpStream;

pub(crate) const ALICE: &str = "2244994945";
pub(crate) const BOB: &str = "783214";
/// A PKCE pair (RFC 7636 appendix B).
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Every scope a test may need.
pub(crate) const ALL_SCOPES: &str = "tweet.read tweet.write tweet.moderate.write users.read like.read like.write \
                                     bookmark.read bookmark.write media.write offline.access";

/// A sandbox of its own, and a client for it.
pub(crate) struct World {
    sandbox: Running,
    pub(crate) http: Client,
}

/// What the token endpoint gave.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let http = Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).build().unwrap();
        Self { sandbox: spawn(config).await.unwrap(), http }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> RequestBuilder {
        self.http.get(self.url(path)).bearer_auth(token)
    }

    pub(crate) fn post(&self, path: &str, token: &str, body: &Value) -> RequestBuilder {
        self.http.post(self.url(path)).bearer_auth(token).json(body)
    }

    pub(crate) fn delete(&self, path: &str, token: &str) -> RequestBuilder {
        self.http.delete(self.url(path)).bearer_auth(token)
    }

    /// Asks for consent as `username`; gives the redirect's address.
    pub(crate) async fn authorize(&self, username: &str, scope: &str) -> String {
        let query = authorize_query(scope, &[("auto_approve", username)]);
        location(&self.http.get(self.url(&format!("/i/oauth2/authorize?{query}"))).send().await.unwrap())
    }

    /// The whole code flow.
    pub(crate) async fn connect(&self, username: &str, scope: &str) -> Tokens {
        let code = parameter(&self.authorize(username, scope).await, "code").unwrap();
        let answer = json(self.token(&code_form(&code)).send().await.unwrap()).await;
        Tokens { access: text(&answer["access_token"]), refresh: text(&answer["refresh_token"]) }
    }

    /// A token request of the confidential client.
    pub(crate) fn token(&self, form: &[(&str, &str)]) -> RequestBuilder {
        self.http
            .post(self.url("/2/oauth2/token"))
            .basic_auth(perch_sandbox::CLIENT_ID, Some(perch_sandbox::CLIENT_SECRET))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encode(form))
    }

    /// The app's own bearer.
    pub(crate) async fn app_bearer(&self) -> String {
        let request = self.http.post(self.url("/oauth2/token"));
        let request = request.basic_auth(perch_sandbox::CONSUMER_KEY, Some(perch_sandbox::CONSUMER_SECRET));
        text(&json(request.body("grant_type=client_credentials").send().await.unwrap()).await["access_token"])
    }

    /// The newest request in the ledger.
    pub(crate) async fn last_seen(&self) -> Value {
        self.ledger().await["requests"].as_array().unwrap().last().unwrap().clone()
    }

    /// A connection of its own, to write HTTP by hand.
    pub(crate) async fn connection(&self) -> TcpStream {
        TcpStream::connect(self.sandbox.address).await.unwrap()
    }

    /// Creates a tweet; gives its id.
    pub(crate) async fn tweet(&self, token: &str, text_of_it: &str) -> String {
        let answer = self.post("/2/tweets", token, &json!({ "text": text_of_it })).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        text(&json(answer).await["data"]["id"])
    }

    /// A request to the control port.
    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(self.url(&format!("/_sandbox/{path}"))).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        json(answer).await
    }

    /// Makes `fault` wait for `count` requests.
    pub(crate) async fn fault(&self, method: &str, path: &str, count: u64, fault: Value) {
        self.control("faults", json!({ "method": method, "path": path, "count": count, "fault": fault })).await;
    }

    pub(crate) async fn ledger(&self) -> Value {
        json(self.http.get(self.url("/_sandbox/ledger")).send().await.unwrap()).await
    }

    /// How many effects of `kind` were committed.
    pub(crate) async fn effects(&self, kind: &str) -> usize {
        let ledger = self.ledger().await;
        ledger["effects"].as_array().unwrap().iter().filter(|effect| effect["kind"] == kind).count()
    }
}

/// The query of an authorization request, changed by `changes`.
pub(crate) fn authorize_query(scope: &str, changes: &[(&str, &str)]) -> String {
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", perch_sandbox::CLIENT_ID),
        ("redirect_uri", DEFAULT_REDIRECT_URI),
        ("scope", scope),
        ("state", "a state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    query.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    query.extend(changes);
    encode(&query)
}

/// The form that redeems `code`.
pub(crate) fn code_form(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", DEFAULT_REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ]
}

/// The form that refreshes by `token`.
pub(crate) fn refresh_form(token: &str) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The parameter `name` of an address's query.
pub(crate) fn parameter(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

pub(crate) fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

pub(crate) fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

pub(crate) async fn json(answer: Response) -> Value {
    answer.json().await.unwrap()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
