//! Requests no client library would send, written to the socket byte by byte.

use std::net::Ipv4Addr;
use std::time::Duration;

use perch_e2e::{App, Stack};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back: the status and the rest as text.
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl RawAnswer {
    /// The last status: an interim answer (1xx) may come before it.
    pub(crate) fn final_status(&self) -> u16 {
        let lines = self.text.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 "));
        lines.filter_map(|line| line.get(..3)?.parse().ok()).find(|status| *status >= 200).unwrap_or_default()
    }
}

/// Sends `bytes` to `port` and reads until the other side closes. One that closes before it has read all may reset the connection;
/// what it said until then counts.
pub(crate) async fn send(stack: &Stack, port: u16, bytes: &[u8]) -> RawAnswer {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("the gateway listens");
    let _all_was_read = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(45), stream.read_to_end(&mut answer)).await;
    let _in_order = read.expect("an answer in time");
    stack.archive.keep(&answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    RawAnswer { status: status.unwrap_or_default(), text }
}

/// A request's bytes as a client with a key writes them; `headers` are whole lines.
pub(crate) fn request(app: &App, line: &str, headers: &str, body: &str) -> String {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    format!(
        "{line} HTTP/1.1\r\nHost: perch.example\r\nAuthorization: Bearer {}\r\nPerch-Account: {}\r\n{headers}{length}\r\n{body}",
        app.key, app.account
    )
}

/// Sends `bytes` to `port` and leaves after `after`, with a reset: workerd takes a mere end of what is sent for a client that still
/// listens, until it has something to tell it. Answers with what had come until then.
pub(crate) async fn send_and_leave(port: u16, bytes: &[u8], after: Duration) -> Vec<u8> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("the gateway listens");
    stream.set_zero_linger().expect("a socket can be reset");
    stream.write_all(bytes).await.expect("the gateway reads");
    let mut answer = Vec::new();
    let _left = tokio::time::timeout(after, stream.read_to_end(&mut answer)).await;
    answer
}
