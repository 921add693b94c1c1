//! A client application of the gateway.

use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::answer::Answer;
use crate::archive::Archive;

/// Calls the gateway with a key, for an account.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
    archive: Arc<Archive>,
}

impl Client {
    pub(crate) fn new(http: reqwest::Client, base: &str, archive: Arc<Archive>) -> Self {
        Self { http, base: base.to_owned(), headers: HeaderMap::new(), archive }
    }

    /// The same client with another header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header's value");
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    /// The same client with another key.
    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        self.with("authorization", &format!("Bearer {key}"))
    }

    /// The same client, acting for another account.
    #[must_use]
    pub fn acting_for(self, account: &str) -> Self {
        self.with("perch-account", account)
    }

    /// The gateway's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A call that is to be made.
    pub fn call(&self, method: impl Into<Method>, path: &str) -> Call {
        let method = method.into();
        Call {
            request: self.http.request(method.clone(), format!("{}{path}", self.base)).headers(self.headers.clone()),
            question: format!("{method} {path}"),
            archive: Some(self.archive.clone()),
        }
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    /// `POST path` with JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path).json(body).send().await
    }

    /// `PUT path` without a body.
    pub async fn put(&self, path: &str) -> Answer {
        self.call(Method::PUT, path).send().await
    }

    /// `DELETE path`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path).send().await
    }
}

/// A call that is to be made.
pub struct Call {
    request: RequestBuilder,
    question: String,
    archive: Option<Arc<Archive>>,
}

impl Call {
    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.change(|request| request.json(body))
    }

    /// With a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|request| request.header(name, value))
    }

    /// With anything else.
    #[must_use]
    pub fn change(mut self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        self.request = change(self.request);
        self
    }

    /// Its answer holds a secret that is meant for the one who asks: it stands in no archive.
    #[must_use]
    pub fn confidential(mut self) -> Self {
        self.archive = None;
        self
    }

    /// Makes the call, and hands over its answer as soon as that begins; who drops it leaves.
    ///
    /// # Errors
    /// When there is no answer, or not in the time the request has.
    pub async fn open(self) -> reqwest::Result<reqwest::Response> {
        self.request.send().await
    }

    /// Makes the call, and reads the answer whole.
    pub async fn send(self) -> Answer {
        match self.try_send().await {
            Ok(answer) => answer,
            Err((question, error)) => panic!("{question} got no answer: {error}"),
        }
    }

    /// The answer, or the question and why there is none.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn try_send(self) -> Result<Answer, (String, reqwest::Error)> {
        let Self { request, question, archive } = self;
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Err((question, error)),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match response.bytes().await {
            Ok(body) => body.to_vec(),
            Err(error) => return Err((question, error)),
        };
        let answer = Answer { status, headers, body, question };
        assert!(
            answer.header("x-request-id").is_some(),
            "{} was answered {} without x-request-id",
            answer.question,
            answer.status
        );
        if let Some(archive) = archive {
            archive.keep(format!("{:?}", answer.headers).as_bytes());
            archive.keep(&answer.body);
        }
        Ok(answer)
    }
}
