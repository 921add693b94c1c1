//! A JSON body, read within its limit and its time, and refused with the place where it is wrong.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
};
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use crate::{
    domain::fault::{Code, Fault, FieldFault},
    gateway::body_limit,
    services::Context,
};

/// A body that is a `T`: UTF-8 JSON without unknown or repeated members.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

/// The same, or no body at all.
#[derive(Debug)]
pub struct OptionalJsonBody<T>(pub Option<T>);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Fault> {
        let bytes = read(request).await?;
        if bytes.is_empty() {
            return Err(Fault::new(Code::InvalidBody, "A JSON body is needed here."));
        }
        parse(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Fault> {
        let bytes = read(request).await?;
        if bytes.is_empty() { Ok(Self(None)) } else { parse(&bytes).map(|body| Self(Some(body))) }
    }
}

async fn read(request: Request) -> Result<bytes::Bytes, Fault> {
    let context = request.extensions().get::<Context>().cloned().ok_or_else(Fault::internal)?;
    let is_json = is_json(request.headers());
    let bytes = whole_body(&context, request.into_body()).await?;
    if !bytes.is_empty() && !is_json {
        return Err(Fault::new(Code::UnsupportedMediaType, "Send the body as Content-Type: application/json."));
    }
    Ok(bytes)
}

/// A small body, whole: at most what JSON may have, within its time.
///
/// # Errors
/// As [`body_limit::read`].
pub async fn whole_body(context: &Context, body: Body) -> Result<bytes::Bytes, Fault> {
    body_limit::read(context, body, body_limit::JSON).await
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Parses `bytes`, refusing with the member that is wrong.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut json).map_err(|e| {
        let (field, message) = (e.path().to_string(), e.inner().to_string());
        let detail = format!("The body is not what this endpoint takes: {message}");
        let field = FieldFault { field, rule: "json".to_owned(), message };
        Fault::new(Code::InvalidBody, detail).with_fields(vec![field])
    })?;
    json.end().map_err(|_| Fault::new(Code::InvalidBody, "Something follows the JSON body."))?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Body {
        text: String,
        #[serde(default)]
        poll: Option<Poll>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Poll {
        options: Vec<String>,
    }

    fn field(body: &str) -> String {
        let fault = parse::<Body>(body.as_bytes()).unwrap_err();
        assert_eq!(fault.code, Code::InvalidBody);
        fault.fields.first().map(|field| field.field.clone()).unwrap_or_default()
    }

    #[test]
    fn a_refusal_names_the_member() {
        assert_eq!(field(r#"{"text":"a","poll":{"options":["a",2]}}"#), "poll.options[1]");
        assert_eq!(field(r#"{"text":7}"#), "text");
    }

    #[test]
    fn unknown_repeated_cut_deep_and_trailing_bodies_are_refused() {
        let deep = format!(r#"{{"text":{}"#, "[".repeat(200));
        for body in [
            r#"{"text":"a","txet":"b"}"#,
            r#"{"text":"a","text":"b"}"#,
            r#"{"text":"#,
            "[]",
            "",
            &deep,
            r#"{"text":"a"} x"#,
        ] {
            assert!(parse::<Body>(body.as_bytes()).is_err(), "{body}");
        }
        assert!(parse::<Body>(b"{\"text\":\"\xff\"}").is_err());
        assert!(parse::<Body>(br#"{"text":"\ud800"}"#).is_err());
    }
}
