//! A client of the sandbox that holds a user's access token.

use perch_sandbox::{
    CLIENT_ID, CLIENT_SECRET, CONSUMER_KEY, CONSUMER_SECRET, Config, DEFAULT_REDIRECT_URI, Running, spawn,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, Url};
use serde_json::Value;

/// The PKCE pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const SCOPES: &str = "tweet.read tweet.write tweet.moderate.write users.read like.read like.write bookmark.read \
                      bookmark.write media.write follows.read follows.write offline.access";

/// A sandbox in this process, and a client that one of its users let in.
pub(crate) struct Session {
    sandbox: Running,
    http: Client,
    token: String,
    /// The app's own bearer.
    app: String,
}

/// An answer with a JSON body; `null` stands for an empty one.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Session {
    /// Starts a sandbox and signs `username` in.
    pub(crate) async fn start(username: &str) -> Self {
        let sandbox = spawn(Config::default()).await.unwrap();
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let mut session = Self { sandbox, http, token: String::new(), app: String::new() };
        session.token = session.sign_in(username).await;
        session.app = session.app_bearer().await;
        session
    }

    /// An access token of `username`.
    async fn sign_in(&self, username: &str) -> String {
        let code = self.authorize(username).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", DEFAULT_REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(self.url("/2/oauth2/token")).basic_auth(CLIENT_ID, Some(CLIENT_SECRET));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    async fn app_bearer(&self) -> String {
        let request = self.http.post(self.url("/oauth2/token")).basic_auth(CONSUMER_KEY, Some(CONSUMER_SECRET));
        let answer = request.body("grant_type=client_credentials").send().await.unwrap();
        answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    async fn authorize(&self, username: &str) -> String {
        let query = [
            ("response_type", "code"),
            ("client_id", CLIENT_ID),
            ("redirect_uri", DEFAULT_REDIRECT_URI),
            ("scope", SCOPES),
            ("state", "state"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("auto_approve", username),
        ];
        let url = Url::parse_with_params(&self.url("/i/oauth2/authorize"), query).unwrap();
        let answer = self.http.get(url).send().await.unwrap();
        let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    /// Opens a stream with the app's bearer.
    pub(crate) async fn stream(&self, path: &str) -> Response {
        self.http.get(self.url(path)).bearer_auth(&self.app).send().await.unwrap()
    }

    /// Calls the API as the user; `body` is sent as JSON unless it is `null`.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.call_by(&self.token, method, path, body).await
    }

    /// Calls the API as the app.
    pub(crate) async fn call_as_app(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.call_by(&self.app, method, path, body).await
    }

    async fn call_by(&self, token: &str, method: &str, path: &str, body: &Value) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, self.url(path)).bearer_auth(token);
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.bytes().await.unwrap();
        Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }
}
