//! What a client is given to speak with: through the gateway a key and what it issues, else X's own tokens.

use anyhow::{Context, Result};
use perch_e2e::{SigningValues, Stack};
use serde_json::{Value, json};
use url::Url;

/// A pair for PKCE (RFC 7636, appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What the programs do at X.
const X_SCOPES: &str =
    "tweet.read tweet.write users.read like.read like.write bookmark.read bookmark.write media.write";

/// An address, a bearer and four OAuth 1.0a values, all for one X user.
pub(crate) struct Credentials {
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) user_id: String,
    pub(crate) username: String,
    pub(crate) signing: SigningValues,
}

/// Shall the programs speak to the sandbox itself? What fails then is not the gateway's doing.
pub(crate) fn direct() -> bool {
    std::env::var_os("PERCH_CLIENTS_DIRECT").is_some_and(|value| value == "1")
}

impl Credentials {
    /// Those of an X user whom no other client has.
    pub(crate) async fn of_a_new_user(stack: &Stack) -> Result<Self> {
        if direct() { Self::of_x(stack).await } else { Ok(Self::of_perch(stack).await) }
    }

    /// Connects an account, makes a key that may relay for it, and has it issue values to sign with.
    async fn of_perch(stack: &Stack) -> Self {
        let owner = stack.app(json!({})).await;
        let scopes = ["relay:read", "relay:write"];
        let terms = json!({"scopes": scopes, "accounts": [owner.account], "default_account": owner.account});
        let (key, kid) = stack.key(terms).await;
        let signing = stack.signing_values(&kid, &owner.account).await;
        let url = owner.client.base().to_owned();
        Self { url, key, user_id: owner.user, username: owner.username, signing }
    }

    /// Lets the user agree at the sandbox, and takes the OAuth 1.0a values it has for everybody.
    async fn of_x(stack: &Stack) -> Result<Self> {
        let (user_id, username) = stack.new_user();
        let signing = SigningValues {
            consumer_key: "perch-consumer".to_owned(),
            consumer_secret: "perch-consumer-secret".to_owned(),
            token: format!("{user_id}-oauth1"),
            token_secret: format!("{user_id}-oauth1-secret"),
        };
        let key = access_token(stack, &username).await?;
        Ok(Self { url: stack.sandbox.base().to_owned(), key, user_id, username, signing })
    }

    /// What a program reads.
    pub(crate) fn environment(&self) -> [(&'static str, &str); 8] {
        [
            ("PERCH_URL", &self.url),
            ("PERCH_KEY", &self.key),
            ("PERCH_USER_ID", &self.user_id),
            ("PERCH_USERNAME", &self.username),
            ("PERCH_CONSUMER_KEY", &self.signing.consumer_key),
            ("PERCH_CONSUMER_SECRET", &self.signing.consumer_secret),
            ("PERCH_TOKEN", &self.signing.token),
            ("PERCH_TOKEN_SECRET", &self.signing.token_secret),
        ]
    }

    /// What X must never see, each under a name that may be printed.
    pub(crate) fn of_the_client(&self) -> [(&'static str, &str); 5] {
        let [_, key, _, _, signing @ ..] = self.environment();
        let [consumer_key, consumer_secret, token, token_secret] = signing;
        [key, consumer_key, consumer_secret, token, token_secret]
    }
}

/// The code flow with PKCE, as the app of the sandbox.
async fn access_token(stack: &Stack, username: &str) -> Result<String> {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let redirect_uri = format!("{}/connect/callback", stack.anonymous().base());
    let authorize = [
        ("response_type", "code"),
        ("client_id", "perch-client"),
        ("redirect_uri", &redirect_uri),
        ("scope", X_SCOPES),
        ("state", "any"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("auto_approve", username),
    ];
    let page = Url::parse_with_params(&format!("{}/i/oauth2/authorize", stack.sandbox.base()), authorize)?;
    let agreed = http.get(page).send().await?;
    let location = agreed.headers().get("location").context("X sends nobody back")?.to_str()?.to_owned();
    let back = Url::parse(&location)?;
    let code = back.query_pairs().find(|(name, _)| name == "code").context("X gives no code")?.1;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &redirect_uri),
        ("code_verifier", VERIFIER),
    ];
    let request = http.post(format!("{}/2/oauth2/token", stack.sandbox.base()));
    let tokens: Value =
        request.basic_auth("perch-client", Some("perch-client-secret")).form(&form).send().await?.json().await?;
    Ok(tokens["access_token"].as_str().context("X gives no token")?.to_owned())
}
