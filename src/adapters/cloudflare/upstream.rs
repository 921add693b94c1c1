//! `fetch`, towards X.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, future::Either, future::select};
use http::{HeaderMap, HeaderName, HeaderValue};
use worker::{Delay, Headers, Request, RequestInit, RequestRedirect, Response, send::SendFuture};

use crate::ports::{TransportFault, Upstream, UpstreamBody, UpstreamRequest, UpstreamResponse};

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// The platform's fetch. It never follows redirects: a credential goes to X and nowhere else.
pub(super) struct Fetch;

#[async_trait::async_trait]
impl Upstream for Fetch {
    async fn send(&self, request: UpstreamRequest) -> Result<UpstreamResponse, TransportFault> {
        let deadline = Duration::from_millis(u64::from(request.timeout_ms));
        let work = async move {
            // The deadline covers the body too, which an abort signal on fetch alone would not.
            match select(Box::pin(exchange(request)), Delay::from(deadline)).await {
                Either::Left((answer, _)) => answer,
                Either::Right(((), _)) => Err(TransportFault::Timeout),
            }
        };
        SendFuture::new(work).await
    }
}

async fn exchange(request: UpstreamRequest) -> Result<UpstreamResponse, TransportFault> {
    let request = to_platform(&request).map_err(|_| TransportFault::Broken)?;
    let mut response = worker::Fetch::Request(request).send().await.map_err(|_| TransportFault::Broken)?;
    let headers = headers_of(&response);
    Ok(UpstreamResponse { status: response.status_code(), headers, body: read(&mut response).await? })
}

fn to_platform(request: &UpstreamRequest) -> worker::Result<Request> {
    let headers = Headers::new();
    for (name, value) in &request.headers {
        let value = value.to_str().map_err(|e| worker::Error::RustError(e.to_string()))?;
        headers.set(name.as_str(), value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(request.method.as_str().to_owned().into())
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual);
    if let UpstreamBody::Bytes(bytes) = &request.body {
        init.with_body(Some(js_sys::Uint8Array::from(bytes.as_ref()).into()));
    }
    Request::new_with_init(request.url.as_str(), &init)
}

fn headers_of(response: &Response) -> HeaderMap {
    let pairs = response.headers().entries();
    pairs
        .filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(&value).ok()?)))
        .collect()
}

async fn read(response: &mut Response) -> Result<Bytes, TransportFault> {
    let Ok(mut stream) = response.stream() else {
        return Ok(Bytes::new());
    };
    let mut body = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk.map_err(|_| TransportFault::Broken)?);
        if body.len() > LONGEST_ANSWER {
            return Err(TransportFault::TooLarge);
        }
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests {
    use http::Method;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn request(headers: HeaderMap, body: UpstreamBody) -> UpstreamRequest {
        let url = "https://api.x.com/2/tweets".parse().unwrap();
        UpstreamRequest { method: Method::POST, url, headers, body, timeout_ms: 1000 }
    }

    #[wasm_bindgen_test]
    fn a_request_crosses_whole_and_follows_no_redirect() {
        let headers = HeaderMap::from_iter([(http::header::ACCEPT, HeaderValue::from_static("application/json"))]);
        let sent = to_platform(&request(headers, UpstreamBody::Bytes(Bytes::from_static(b"{}")))).unwrap();
        let sent = sent.inner();
        assert_eq!((sent.method().as_str(), sent.url().as_str()), ("POST", "https://api.x.com/2/tweets"));
        assert_eq!(sent.headers().get("accept").unwrap().as_deref(), Some("application/json"));
        assert_eq!(sent.redirect(), web_sys::RequestRedirect::Manual);
        assert!(sent.body().is_some());
    }

    #[wasm_bindgen_test]
    fn a_header_that_cannot_cross_is_an_error_and_no_panic() {
        let value = HeaderValue::from_bytes(b"\xff").unwrap();
        let headers = HeaderMap::from_iter([(http::header::ACCEPT, value)]);
        assert!(to_platform(&request(headers, UpstreamBody::Empty)).is_err());
    }
}
