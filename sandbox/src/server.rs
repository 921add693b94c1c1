//! Serving the sandbox: connections that can be torn down on purpose.

use std::future::{Future as _, poll_fn};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::{MethodFilter, MethodRouter, any, on};
use http::Method;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tower_service::Service as _;

use crate::config::Config;
use crate::control;
use crate::dispatch::dispatch;
use crate::endpoints::{ENDPOINTS, TRAP, UNKNOWN_PATH};
use crate::operations;
use crate::parting::{Close, LastWords, Parting};
use crate::state::State;

/// An emulated X: one state behind one lock.
#[derive(Clone)]
pub struct Sandbox {
    state: Arc<Mutex<State>>,
    pub(crate) verbose: bool,
}

impl Sandbox {
    /// A fresh X. `seed` makes its tokens unguessable; the same seed gives the same tokens.
    pub fn new(config: Config, seed: [u8; 32]) -> Self {
        let verbose = config.verbose;
        Self { state: Arc::new(Mutex::new(State::new(config, seed))), verbose }
    }

    /// A fresh X with a seed of the operating system.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn seeded(config: Config) -> std::io::Result<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Self::new(config, seed))
    }

    /// Runs `step` on the state, alone.
    pub(crate) fn with<T>(&self, step: impl FnOnce(&mut State) -> T) -> T {
        step(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn router(&self) -> Router {
        let unknown = self.clone();
        let mut router = Router::new();
        for endpoint in ENDPOINTS.iter().chain(operations::echoes()) {
            let sandbox = self.clone();
            let handler = move |request: Request| dispatch(sandbox.clone(), endpoint, request);
            let route: MethodRouter = on(filter(&endpoint.method), handler);
            router = router.route(endpoint.path, route);
        }
        let trapped = self.clone();
        router = router.route(TRAP.path, any(move |request: Request| dispatch(trapped.clone(), &TRAP, request)));
        let fallback = move |request: Request| dispatch(unknown.clone(), &UNKNOWN_PATH, request);
        router.fallback(fallback.clone()).method_not_allowed_fallback(fallback).merge(control::router(self.clone()))
    }
}

/// A sandbox that runs in this process until it is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// `http://` and the address.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a sandbox on a free port of 127.0.0.1.
///
/// # Errors
/// When no port can be had.
pub async fn spawn(config: Config) -> std::io::Result<Running> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(serve(listener, Sandbox::seeded(config)?));
    Ok(Running { address, task })
}

/// Accepts connections until the task is dropped.
///
/// # Errors
/// None today: a connection that cannot be accepted is skipped.
pub async fn serve(listener: TcpListener, sandbox: Sandbox) -> std::io::Result<()> {
    let router = sandbox.router();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(converse(stream, router.clone()));
        }
    }
}

/// Serves one connection until the client leaves or a request ends it.
async fn converse(stream: TcpStream, router: Router) {
    let (parting, mut last_words) = Parting::new();
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(parting.clone());
        let mut router = router.clone();
        Box::pin(async move { router.call(request.map(Body::new)).await })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let words = tokio::select! {
        _ = poll_fn(|context| Pin::new(&mut connection).poll(context)) => None,
        words = last_words.recv() => words,
    };
    if let Some(words) = words {
        leave(connection.into_parts().io.into_inner(), words).await;
    }
}

async fn leave(mut stream: TcpStream, words: LastWords) {
    let _ = stream.write_all(&words.bytes).await;
    match words.close {
        Close::Reset => {
            let _ = stream.set_zero_linger();
        }
        Close::Both => {
            let _ = stream.shutdown().await;
        }
        Close::Half => {
            let _ = stream.shutdown().await;
            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        }
    }
}

fn filter(method: &Method) -> MethodFilter {
    MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET)
}
