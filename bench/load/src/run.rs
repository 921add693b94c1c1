//! Asks the same over several connections, as fast as answers come or at a given rate.

use crate::report::Report;
use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};
use url::Url;

/// What to ask, and how hard.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[arg(long)]
    url: Url,
    #[arg(long, default_value = "GET")]
    method: Method,
    /// `Name: value`; repeatable
    #[arg(long)]
    header: Vec<String>,
    /// The body; `{n}` becomes the number of the request
    #[arg(long, default_value = "")]
    body: String,
    /// Headers and body in one file of this form, for secrets: header lines, an empty line, the body
    #[arg(long)]
    head_file: Option<std::path::PathBuf>,
    #[arg(long, default_value_t = 16)]
    connections: u32,
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Requests a second over all connections; as many as possible when not given. At a given rate, the latency
    /// counts from the moment a request was due: waiting for a slow answer before it is not left out
    #[arg(long)]
    rate: Option<f64>,
    /// The status that counts as an answer
    #[arg(long, default_value_t = 200)]
    expect: u16,
}

/// Runs the load.
///
/// # Errors
/// When the server cannot be reached.
pub(crate) async fn run(mut args: Args) -> Result<Report> {
    if let Some(file) = args.head_file.take() {
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let (headers, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        args.header.extend(headers.lines().map(str::to_owned));
        body.trim_end().clone_into(&mut args.body);
    }
    let args = Arc::new(args);
    let count = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let tasks: Vec<_> = (0..args.connections)
        .map(|nth| tokio::spawn(Connection { args: args.clone(), count: count.clone(), nth }.ask_until_the_end(start)))
        .collect();
    let mut report = Report::default();
    for task in tasks {
        report.add(task.await.map_err(|error| anyhow!("a connection was lost: {error}"))??);
    }
    report.took = start.elapsed();
    Ok(report)
}

/// One of the connections.
struct Connection {
    args: Arc<Args>,
    /// Requests so far, of all connections.
    count: Arc<AtomicU64>,
    nth: u32,
}

impl Connection {
    async fn ask_until_the_end(self, start: Instant) -> Result<Report> {
        let end = start + Duration::from_secs_f64(self.args.seconds);
        let mut sender = self.connect().await?;
        let mut report = Report::default();
        for turn in 0.. {
            let due = match self.due(turn) {
                Some(offset) => start + offset,
                None => Instant::now(),
            };
            if due >= end {
                break;
            }
            sleep_until(due).await;
            let request = self.request()?;
            match ask(&mut sender, request).await {
                Ok(status) if status == self.args.expect => report.answered(due.elapsed()),
                Ok(status) => report.refused(status),
                Err(_) => {
                    report.lost += 1;
                    sender = self.connect().await?;
                }
            }
        }
        Ok(report)
    }

    /// When this connection's `turn`-th request is due: the connections take turns.
    fn due(&self, turn: u32) -> Option<Duration> {
        let rate = self.args.rate?;
        let number = f64::from(turn) * f64::from(self.args.connections) + f64::from(self.nth);
        Some(Duration::from_secs_f64(number / rate))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>> {
        let url = &self.args.url;
        let host = (url.host_str().context("the address has no host")?, url.port_or_known_default().unwrap_or(80));
        let stream =
            TcpStream::connect(host).await.with_context(|| format!("cannot connect to {}:{}", host.0, host.1))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move { drop(connection.await) });
        Ok(sender)
    }

    fn request(&self) -> Result<Request<Full<Bytes>>> {
        let Args { url, method, header, body, .. } = &*self.args;
        let target = url.as_str().splitn(4, '/').nth(3).unwrap_or_default();
        let authority = url.authority();
        let mut request = Request::builder().method(method).uri(format!("/{target}")).header("host", authority);
        for line in header {
            let (name, value) = line.split_once(':').context("a header without a colon")?;
            request = request.header(name.trim(), value.trim());
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        Ok(request.body(Full::new(body.replace("{n}", &number.to_string()).into()))?)
    }
}

async fn ask(sender: &mut SendRequest<Full<Bytes>>, request: Request<Full<Bytes>>) -> Result<u16> {
    sender.ready().await?;
    let response = sender.send_request(request).await?;
    let status = response.status().as_u16();
    response.into_body().collect().await?;
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn against_x(rate: Option<f64>, expect: u16) -> Report {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        tokio::spawn(crate::x::serve(free));
        tokio::time::sleep(Duration::from_millis(50)).await;
        let args = Args {
            url: format!("http://{free}/2/tweets").parse().unwrap(),
            method: Method::POST,
            header: vec!["content-type: application/json".to_owned()],
            body: r#"{"text":"{n}"}"#.to_owned(),
            head_file: None,
            connections: 4,
            seconds: 0.5,
            rate,
            expect,
        };
        run(args).await.unwrap()
    }

    #[tokio::test]
    async fn at_a_rate_as_many_are_asked_as_are_due() {
        let report = against_x(Some(200.0), 201).await;
        assert_eq!((report.answers(), report.lost), (100, 0));
    }

    #[tokio::test]
    async fn another_status_than_expected_is_no_answer() {
        let report = against_x(Some(100.0), 200).await;
        assert_eq!(report.answers(), 0);
        assert_eq!(report.refusals.get(&201), Some(&50));
    }
}
