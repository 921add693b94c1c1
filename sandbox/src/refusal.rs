//! X's refusals whose texts carry values of the request, letter for letter.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::answer::Answer;

const INVALID_REQUEST: &str = "https://api.twitter.com/2/problems/invalid-request";

/// A resource that does not exist, as X names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Missing<'text> {
    /// `tweet` or `user`.
    pub(crate) resource: &'static str,
    /// The parameter that named it.
    pub(crate) parameter: &'static str,
    /// The value given.
    pub(crate) value: &'text str,
}

/// One entry of the `errors` of a partial success.
#[derive(Debug, Serialize)]
pub(crate) struct PartialError {
    value: String,
    detail: String,
    title: &'static str,
    resource_type: &'static str,
    parameter: &'static str,
    resource_id: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Only<'errors> {
    errors: &'errors [PartialError],
}

#[derive(Serialize)]
struct NotFound<'text> {
    title: &'static str,
    detail: String,
    resource_type: &'static str,
    resource_id: &'text str,
    parameter: &'static str,
    value: &'text str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct InvalidRequest<'text> {
    errors: [Invalid<'text>; 1],
    title: &'static str,
    detail: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Invalid<'text> {
    parameters: Value,
    message: &'text str,
}

impl Missing<'_> {
    fn detail(&self) -> String {
        format!("Could not find {} with {}: [{}].", self.resource, self.parameter, self.value)
    }

    /// As an entry of a partial success.
    pub(crate) fn partial(&self) -> PartialError {
        PartialError {
            value: self.value.to_owned(),
            detail: self.detail(),
            title: "Not Found Error",
            resource_type: self.resource,
            parameter: self.parameter,
            resource_id: self.value.to_owned(),
            kind: "https://api.twitter.com/2/problems/resource-not-found",
        }
    }

    /// As the answer to a look-up of one object: `200` with only `errors`.
    pub(crate) fn alone(&self) -> Answer {
        Answer::ok(&Only { errors: &[self.partial()] })
    }

    /// As a `404` problem.
    pub(crate) fn problem(&self) -> Answer {
        Answer::problem(
            StatusCode::NOT_FOUND,
            &NotFound {
                title: "Not Found Error",
                detail: self.detail(),
                resource_type: self.resource,
                resource_id: self.value,
                parameter: self.parameter,
                value: self.value,
                kind: "https://api.x.com/2/problems/resource-not-found",
            },
        )
    }
}

/// `400`: one parameter is wrong, as `message` says.
pub(crate) fn invalid(parameter: &str, value: &str, message: &str) -> Answer {
    let mut parameters = Map::new();
    parameters.insert(parameter.to_owned(), json!([value]));
    invalid_set(Value::Object(parameters), message)
}

/// `400`: several parameters do not go together. `parameters` maps each to its list of values.
pub(crate) fn invalid_set(parameters: Value, message: &str) -> Answer {
    let body = InvalidRequest {
        errors: [Invalid { parameters, message }],
        title: "Invalid Request",
        detail: "One or more parameters to your request was invalid.",
        kind: INVALID_REQUEST,
    };
    Answer::problem(StatusCode::BAD_REQUEST, &body)
}

/// `400`: the value of a path or query parameter has not the right form.
pub(crate) fn not_valid(parameter: &str, value: &str) -> Answer {
    invalid(parameter, value, &format!("The `{parameter}` query parameter value [{value}] is not valid"))
}

/// `400`: a number is out of its range.
pub(crate) fn not_between(parameter: &str, value: &str, low: usize, high: usize) -> Answer {
    let message = format!("The `{parameter}` query parameter value [{value}] is not between {low} and {high}");
    invalid(parameter, value, &message)
}

/// `400`: the `{id}` of a user path is somebody else.
pub(crate) fn user_mismatch(given: &str, user: &str) -> Answer {
    let message =
        format!("The `id` query parameter value [{given}] must be the same as the authenticating user [{user}]");
    invalid("id", given, &message)
}

/// `403`: this kind of credentials is not taken here. The two spaces are X's.
pub(crate) fn unsupported_authentication(given: &str, supported: &str) -> Answer {
    #[derive(Serialize)]
    struct Unsupported {
        title: &'static str,
        detail: String,
        #[serde(rename = "type")]
        kind: &'static str,
        status: u16,
    }
    let detail = format!(
        "Authenticating with {given} is forbidden for this endpoint.  Supported authentication types are [{supported}]."
    );
    let kind = "https://api.twitter.com/2/problems/unsupported-authentication";
    let body = Unsupported { title: "Unsupported Authentication", detail, kind, status: 403 };
    Answer::problem(StatusCode::FORBIDDEN, &body)
}

/// An OAuth error of RFC 6749 section 5.2 with X's description.
pub(crate) fn oauth(error: &str, description: &str) -> Answer {
    #[derive(Serialize)]
    struct OAuth<'text> {
        error: &'text str,
        error_description: &'text str,
    }
    Answer::json(StatusCode::BAD_REQUEST, &OAuth { error, error_description: description })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    fn same(built: &Answer, name: &str) {
        let vector = vectors::find(name).unwrap();
        assert_eq!(built.body, vector.body, "{name}");
        assert_eq!(built.status, vector.status, "{name}");
        assert_eq!(built.headers, vector.headers, "{name}");
    }

    #[test]
    fn built_refusals_equal_the_vectors() {
        let tweet = Missing { resource: "tweet", parameter: "id", value: "456" };
        same(&tweet.alone(), "partial-errors-only");
        same(&tweet.problem(), "not-found-problem");
        same(&not_valid("id", "abc"), "invalid-request-list");
        same(&user_mismatch("2", "1"), "invalid-request-user-mismatch");
        let users = "OAuth 1.0a User Context, OAuth 2.0 User Context";
        same(&unsupported_authentication("OAuth 2.0 Application-Only", users), "unsupported-authentication");
        same(&oauth("invalid_request", "Missing required parameter [client_id]."), "oauth-missing-client-id");
        let media = "1880028106020515840";
        same(&invalid("media.media_ids", media, "Your media IDs are invalid."), "media-ids-invalid");
    }
}
