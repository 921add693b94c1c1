//! Bodies that are too long to hold: they pass as they come, byte for byte.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use perch_e2e::{App, Client, Stack, sha256};
use reqwest::{Body, Method};
use serde_json::json;

/// A picture by its first bytes; the rest repeats nowhere.
fn picture(length: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// `picture` as X's clients send it: its content type and its body.
fn as_json(picture: &[u8]) -> (&'static str, Vec<u8>) {
    let body = json!({"media": STANDARD.encode(picture), "media_category": "tweet_image"});
    ("application/json", body.to_string().into_bytes())
}

fn as_multipart(picture: &[u8]) -> (&'static str, Vec<u8>) {
    let field = "--x7MA\r\nContent-Disposition: form-data; name=\"media_category\"\r\n\r\ntweet_image\r\n";
    let file = "--x7MA\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n\
                Content-Type: image/png\r\n\r\n";
    let body = [field.as_bytes(), file.as_bytes(), picture, b"\r\n--x7MA--\r\n"].concat();
    ("multipart/form-data; boundary=x7MA", body)
}

/// `body` without an announced length.
fn in_chunks(body: &[u8]) -> Body {
    let pieces: Vec<_> = body.chunks(40_000).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    Body::wrap_stream(stream::iter(pieces))
}

async fn assert_arrives(stack: &Stack, app: &App, picture: &[u8], (kind, body): (&str, Vec<u8>), chunked: bool) {
    let what = format!("{} bytes as {kind}, chunked: {chunked}", body.len());
    let mark = stack.sandbox.mark().await;
    let digest = sha256(&body);
    let call = app.client.call(Method::POST, "/2/media/upload").header("content-type", kind);
    let sent = if chunked { in_chunks(&body) } else { body.clone().into() };
    let answer = call.change(|request| request.body(sent)).send().await.must(200);
    assert!(!answer.text("/data/id").is_empty(), "{what}");
    let ledger = stack.sandbox.ledger_since(mark).await;
    let seen = ledger.requests_to("POST", "/2/media/upload").next().expect("X saw it");
    assert_eq!(seen.body_sha256.as_deref(), Some(digest.as_str()), "{what}");
    assert_eq!(seen.framing, "content_length", "{what}: X wants to be told");
    assert_eq!(seen.header("content-type"), Some(kind));
    let effects: Vec<_> = ledger.effects_of("media.create", &app.user).collect();
    assert_eq!((effects.len(), &effects[0].details["sha256"]), (1, &json!(sha256(picture))), "{what}");
}

async fn a_picture_arrives_byte_for_byte_whatever_its_size_and_framing(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    for size in [30_000, 100_000, 4_800_000] {
        let picture = picture(size);
        for chunked in [false, true] {
            assert_arrives(stack, &app, &picture, as_json(&picture), chunked).await;
            assert_arrives(stack, &app, &picture, as_multipart(&picture), chunked).await;
        }
    }
}

async fn what_is_longer_than_may_be_is_refused_and_x_not_bothered(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let send = |client: &Client, path: &str, body: Body| {
        let call = client.call(Method::POST, path).header("content-type", "application/json");
        call.change(|request| request.body(body)).send()
    };
    let long = vec![b' '; 1024 * 1024 + 1];
    let _announced = send(&app.client, "/2/tweets", long.into()).await.must_be_problem(413, "body-too-large");
    let longer = vec![b' '; 8 * 1024 * 1024 + 1];
    let _chunked =
        send(&app.client, "/2/media/upload", in_chunks(&longer)).await.must_be_problem(413, "body-too-large");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn a_long_body_that_breaks_off_leaves_nothing_at_x(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let (kind, body) = as_json(&picture(400_000));
    let half = body[..body.len() / 2].to_vec();
    let broken = stream::iter([Ok(half), Err(std::io::Error::other("the client gives up"))]);
    let call = app.client.call(Method::POST, "/2/media/upload").header("content-type", kind);
    let call = call.header("content-length", &body.len().to_string());
    let left = call.change(|request| request.body(Body::wrap_stream(broken))).open().await;
    assert!(left.is_err(), "the client has left");
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("media.create", &app.user).count(), 0);
    let _alive = stack.anonymous().get("/health").await.must(200);
}

crate::trials!(
    a_picture_arrives_byte_for_byte_whatever_its_size_and_framing,
    what_is_longer_than_may_be_is_refused_and_x_not_bothered,
    a_long_body_that_breaks_off_leaves_nothing_at_x,
);
