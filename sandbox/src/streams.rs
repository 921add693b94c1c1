//! X's streams: endless answers, one line for each event, and a keep-alive when there is none.

pub(crate) mod connect;
pub(crate) mod feed;
pub(crate) mod filter;

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::state::State;
use crate::streams::feed::{Feed, Piece};
use crate::streams::filter::Filter;
use crate::tweets::Tweet;
use crate::tweets::view::View;

/// What ends every line; alone it is the keep-alive.
pub(crate) const LINE_END: &str = "\r\n";

/// The streams clients are connected to, and the rules of the filtered one.
#[derive(Default)]
pub(crate) struct Streams {
    open: Vec<Open>,
    last_id: u64,
    pub(crate) filter: Filter,
}

/// One connection.
struct Open {
    id: u64,
    path: &'static str,
    opened_ms: u64,
    audience: Audience,
    pieces: UnboundedSender<Piece>,
}

/// Which tweets a connection is told of.
pub(crate) enum Audience {
    /// All, shown so.
    Everything(View),
    /// Those that match a rule of the filter, shown so.
    Filtered(View),
    /// None: only lines pushed by the control port.
    Pushes,
}

/// A connection, as the control port shows it.
#[derive(Serialize)]
pub(crate) struct Shown {
    id: u64,
    path: &'static str,
    opened_ms: u64,
}

impl Streams {
    /// Connects to the stream at `path`, an OpenAPI path; `None` while another connection holds it.
    pub(crate) fn connect(
        &mut self,
        path: &'static str,
        audience: Audience,
        keep_alive: Duration,
        now_ms: u64,
    ) -> Option<Feed> {
        self.open.retain(Open::is_live);
        if self.open.iter().any(|open| open.path == path) {
            return None;
        }
        let (pieces, receiver) = mpsc::unbounded_channel();
        self.last_id += 1;
        self.open.push(Open { id: self.last_id, path, opened_ms: now_ms, audience, pieces });
        Some(Feed::new(receiver, keep_alive))
    }

    /// Every connection whose client is still there.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let live = self.open.iter().filter(|open| open.is_live());
        live.map(|open| Shown { id: open.id, path: open.path, opened_ms: open.opened_ms }).collect()
    }

    /// Sends `bytes` as they are to the stream at `path`, or to all; tells how many were reached.
    pub(crate) fn push(&self, path: Option<&str>, bytes: &Bytes) -> usize {
        self.at(path).filter(|open| open.pieces.send(Piece::Bytes(bytes.clone())).is_ok()).count()
    }

    /// Ends the stream at `path`, or all: in order, or broken off. Tells how many there were.
    pub(crate) fn end(&mut self, path: Option<&str>, break_off: bool) -> usize {
        let last = || if break_off { Piece::BreakOff } else { Piece::End };
        let reached = self.at(path).filter(|open| open.pieces.send(last()).is_ok()).count();
        self.open.retain(|open| path.is_some_and(|path| path != open.path));
        reached
    }

    fn at(&self, path: Option<&str>) -> impl Iterator<Item = &Open> {
        self.open.iter().filter(move |open| path.is_none_or(|path| path == open.path))
    }
}

impl Open {
    fn is_live(&self) -> bool {
        !self.pieces.is_closed()
    }

    /// `tweet` as this connection sees it; `None` when it does not.
    fn line(&self, state: &State, tweet: &Tweet) -> Option<Value> {
        match &self.audience {
            Audience::Everything(view) => Some(view.alone(state, tweet)),
            Audience::Filtered(view) => {
                let rules = state.streams.filter.matching(state, tweet)?;
                let mut line = view.alone(state, tweet);
                line.as_object_mut()?.extend((!rules.is_empty()).then(|| ("matching_rules".to_owned(), json!(rules))));
                Some(line)
            }
            Audience::Pushes => None,
        }
    }
}

/// Tells every connection of a new tweet.
pub(crate) fn publish(state: &State, tweet: &Tweet) {
    for open in &state.streams.open {
        if let Some(line) = open.line(state, tweet) {
            let _ = open.pieces.send(Piece::Bytes(line_of(&line)));
        }
    }
}

/// `value` as one line.
pub(crate) fn line_of(value: &Value) -> Bytes {
    Bytes::from(format!("{value}{LINE_END}"))
}
