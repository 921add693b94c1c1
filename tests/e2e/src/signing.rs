//! Clients that sign with OAuth 1.0a.

use serde_json::json;

use crate::stack::Stack;

/// The four values with which a client signs. They work for one account.
#[derive(Clone)]
pub struct SigningValues {
    /// Names the application.
    pub consumer_key: String,
    /// Its secret.
    pub consumer_secret: String,
    /// Names the account; begins with its X user id and a hyphen.
    pub token: String,
    /// Its secret.
    pub token_secret: String,
}

impl Stack {
    /// Lets a key issue values for an account.
    pub async fn signing_values(&self, kid: &str, account: &str) -> SigningValues {
        let call = self.admin().call(reqwest::Method::POST, &format!("/v1/keys/{kid}/oauth1"));
        let answer = call.json(&json!({"account_id": account})).confidential().send().await.must(201);
        let value = |name: &str| answer.text(&format!("/data/{name}"));
        let values = SigningValues {
            consumer_key: value("consumer_key"),
            consumer_secret: value("consumer_secret"),
            token: value("token"),
            token_secret: value("token_secret"),
        };
        self.archive.know(format!("the consumer secret of {kid}"), &values.consumer_secret);
        self.archive.know(format!("the token secret of {kid}"), &values.token_secret);
        values
    }
}
