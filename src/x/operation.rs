//! One endpoint of X, as far as perch has to know it to call it, and a request to it.

use bytes::Bytes;
use url::Url;

use crate::domain::{breaker::Group, retry::Effect};

/// An endpoint of X.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The method.
    pub method: &'static str,
    /// The path, with `{name}` where a value stands.
    pub template: &'static str,
    /// Whose failures it shares.
    pub group: Group,
    /// What a second sending would do.
    pub effect: Effect,
    /// Which credentials X takes for it.
    pub auth: Auth,
    /// Calls per user and window, from X's published table: `(limit, window in s)`.
    pub limits: &'static [(u32, u32)],
    /// Milliseconds until an answer must be complete.
    pub timeout_ms: u32,
}

impl Operation {
    /// Method and template: the operation's name in windows, logs and metrics.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }
}

/// Which user credentials X takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// OAuth 2.0 user tokens and OAuth 1.0a.
    User,
    /// OAuth 2.0 user tokens alone.
    OAuth2Only,
}

/// A request to an operation. Its URL is built from the template; values are ids that were checked before.
#[derive(Clone, Debug)]
pub struct XRequest {
    /// Which operation.
    pub operation: &'static Operation,
    /// The template's values, in order.
    pub path: Vec<String>,
    /// Query parameters.
    pub query: Vec<(&'static str, String)>,
    /// The body, with its content type.
    pub body: Option<(String, Bytes)>,
}

impl XRequest {
    /// A request to `operation` without body and query.
    pub fn new(operation: &'static Operation, path: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let path = path.into_iter().map(Into::into).collect();
        Self { operation, path, query: Vec::new(), body: None }
    }

    /// With `body` as JSON.
    #[must_use]
    pub fn json(mut self, body: &impl serde::Serialize) -> Self {
        // A value of ours always serializes; should it not, X refuses the empty body.
        let bytes = serde_json::to_vec(body).unwrap_or_default();
        self.body = Some(("application/json".to_owned(), bytes.into()));
        self
    }

    /// With `body` of `content_type`.
    #[must_use]
    pub fn body(mut self, content_type: String, body: Bytes) -> Self {
        self.body = Some((content_type, body));
        self
    }

    /// With one more query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// The whole URL under `base`. Scheme, host and port are the base's, whatever the values are.
    pub fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        let mut values = self.path.iter();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear();
            for segment in self.operation.template.split('/').filter(|segment| !segment.is_empty()) {
                let value = if segment.starts_with('{') { values.next().map(String::as_str) } else { Some(segment) };
                segments.push(value.unwrap_or_default());
            }
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static DELETE_LIKE: Operation = Operation {
        method: "DELETE",
        template: "/2/users/{id}/likes/{tweet_id}",
        group: Group::Engagement,
        effect: Effect::Set,
        auth: Auth::User,
        limits: &[(50, 900)],
        timeout_ms: 10_000,
    };

    #[test]
    fn the_url_is_built_from_the_template() {
        let base = Url::parse("https://api.x.com").unwrap();
        let request = XRequest::new(&DELETE_LIKE, ["12", "34"]).query("a", "b c&d");
        assert_eq!(request.url(&base).as_str(), "https://api.x.com/2/users/12/likes/34?a=b+c%26d");
    }

    #[test]
    fn no_value_leaves_its_segment_or_the_host() {
        let base = Url::parse("https://api.x.com").unwrap();
        for value in
            ["../../oauth2/token", "//evil.example/", "@evil.example", "\\\\evil.example", "..", "%2e%2e", "a?b#c"]
        {
            let url = XRequest::new(&DELETE_LIKE, [value, "34"]).url(&base);
            assert_eq!(url.host_str(), Some("api.x.com"), "{value}");
            assert!(url.path().starts_with("/2/users/") && url.path().ends_with("/likes/34"), "{value}: {url}");
            assert!(url.query().is_none() && url.fragment().is_none(), "{value}");
        }
    }
}
