//! An X that always answers at once, so that what is measured is what stands before it. It keeps nothing; whether
//! perch is right, the sandbox and its ledger say.

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

const TWEET: &str =
    r#"{"data":{"id":"1346889436626259968","text":"Measured","edit_history_tweet_ids":["1346889436626259968"]}}"#;
const USER: &str = r#"{"data":{"id":"2244994945","name":"Bench","username":"bench"}}"#;
const TOKEN: &str = r#"{"token_type":"bearer","expires_in":7200,"access_token":"bench-access","refresh_token":"bench-refresh","scope":"tweet.read tweet.write users.read like.write bookmark.write media.write follows.read like.read bookmark.read tweet.moderate.write offline.access"}"#;

/// Serves until the process ends.
pub(crate) async fn serve(listen: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(async move { drop(connection.await) });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let _read = body.collect().await; // a connection is used again only when its request was read
    Ok(match (&head.method, head.uri.path()) {
        (_, "/i/oauth2/authorize") => agree(head.uri.query().unwrap_or_default()),
        (_, "/2/oauth2/token") => json(StatusCode::OK, TOKEN),
        (_, "/2/users/me") => json(StatusCode::OK, USER),
        (&Method::POST, _) => json(StatusCode::CREATED, TWEET),
        _ => json(StatusCode::OK, TWEET),
    })
}

/// Sends the browser back with a code, as if a person had agreed.
fn agree(query: &str) -> Response<Full<Bytes>> {
    let find = |name| form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value);
    let back = find("redirect_uri").and_then(|uri| Url::parse(&uri).ok()).zip(find("state"));
    let Some((mut uri, state)) = back else {
        return json(StatusCode::BAD_REQUEST, "{}");
    };
    uri.query_pairs_mut().append_pair("state", &state).append_pair("code", "bench-code");
    let mut response = json(StatusCode::FOUND, "");
    if let Ok(location) = uri.as_str().parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn json(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    for (name, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("x-rate-limit-limit", "1000000"),
        ("x-rate-limit-remaining", "999999"),
    ] {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response.headers_mut().insert("x-rate-limit-reset", reset_s().into());
    response
}

/// The end of the quarter of an hour that runs, in seconds since the epoch.
fn reset_s() -> u64 {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    (now_s / 900 + 1) * 900
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreeing_returns_the_state_to_the_redirect_address() {
        let response = agree("redirect_uri=http%3A%2F%2F127.0.0.1%3A8787%2Fcallback&state=s%26t");
        let location = response.headers().get("location").unwrap();
        assert_eq!(location, "http://127.0.0.1:8787/callback?state=s%26t&code=bench-code");
        assert_eq!(agree("state=s").status(), StatusCode::BAD_REQUEST);
    }
}
