//! One endpoint of X, as far as perch has to know it to call it, and a request to it.

use bytes::Bytes;
use url::Url;

use crate::domain::{breaker::Group, retry::Effect};

/// An endpoint of X, as the catalogue has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// Method and template, as in `GET /2/tweets/{id}`: the operation's name in windows, logs and metrics.
    pub name: &'static str,
    /// The names of its query's parameters, with spaces between them.
    pub params: &'static str,
    /// The OAuth 2.0 scopes it needs, all of them.
    pub scopes: &'static [&'static str],
    /// Calls per user and window, from X's published table: `(limit, window in s)`.
    pub limits: &'static [(u32, u32)],
    /// The same per app: for calls by app bearer. Where X takes no app bearer, a cap on all the app's users together.
    pub app_limits: &'static [(u32, u32)],
    /// The unit it is charged by. A tweet's price depends on its text too.
    pub price: Option<&'static str>,
    /// Milliseconds until an answer must be complete; until it begins, where it streams.
    pub timeout_ms: u32,
    /// The status of success.
    pub success: u16,
    /// Which credentials X takes for it.
    pub auth: Auth,
    /// Whose failures it shares.
    pub group: Group,
    /// What a second sending would do.
    pub effect: Effect,
    /// What it is sent with.
    pub body: BodyKind,
    /// Whether the answer has no end: lines of JSON, and at least every 20 s an empty one.
    pub streams: bool,
}

impl Operation {
    /// The method.
    pub fn method(&self) -> &'static str {
        self.name.split_once(' ').map_or("", |(method, _)| method)
    }

    /// Whether `method` is its method. Asked for every call, and quicker than taking the name apart.
    pub(super) fn has_method(&self, method: &str) -> bool {
        self.name.strip_prefix(method).is_some_and(|rest| rest.starts_with(' '))
    }

    /// The path, with `{name}` where a value stands.
    pub fn template(&self) -> &'static str {
        self.name.split_once(' ').map_or("", |(_, template)| template)
    }

    /// The names of the path's parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.template().split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }
}

/// Which credentials X takes. None at all for its OpenAPI file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Auth {
    app: bool,
    oauth2: bool,
    oauth1: bool,
}

impl Auth {
    /// No credential.
    pub const NONE: Self = Self::of(false, false, false);
    /// Whichever there is.
    pub const ANY: Self = Self::of(true, true, true);

    /// Those that are said to be taken.
    pub(super) const fn of(app: bool, oauth2: bool, oauth1: bool) -> Self {
        Self { app, oauth2, oauth1 }
    }

    /// The app's own bearer token.
    pub const fn app(self) -> bool {
        self.app
    }

    /// An access token of a user, OAuth 2.0.
    pub const fn oauth2(self) -> bool {
        self.oauth2
    }

    /// A user's signature, OAuth 1.0a.
    pub const fn oauth1(self) -> bool {
        self.oauth1
    }
}

/// What an operation is sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// Nothing.
    None,
    /// JSON.
    Json,
    /// A medium, or a segment of one: as base64 in JSON, or multipart.
    Media,
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
            for segment in self.operation.template().split('/').filter(|segment| !segment.is_empty()) {
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
    use crate::x::catalogue::UNLIKE_POST;

    #[test]
    fn the_url_is_built_from_the_template() {
        let base = Url::parse("https://api.x.com").unwrap();
        let request = XRequest::new(UNLIKE_POST, ["12", "34"]).query("a", "b c&d");
        assert_eq!(request.url(&base).as_str(), "https://api.x.com/2/users/12/likes/34?a=b+c%26d");
    }

    #[test]
    fn no_value_leaves_its_segment_or_the_host() {
        let base = Url::parse("https://api.x.com").unwrap();
        for value in
            ["../../oauth2/token", "//evil.example/", "@evil.example", "\\\\evil.example", "..", "%2e%2e", "a?b#c"]
        {
            let url = XRequest::new(UNLIKE_POST, [value, "34"]).url(&base);
            assert_eq!(url.host_str(), Some("api.x.com"), "{value}");
            assert!(url.path().starts_with("/2/users/") && url.path().ends_with("/likes/34"), "{value}: {url}");
            assert!(url.query().is_none() && url.fragment().is_none(), "{value}");
        }
    }
}
