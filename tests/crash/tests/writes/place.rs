//! Where a write is killed, and what has to become of it.

use perch_crash::Point;
use perch_e2e::App;

const POST: &str = "POST /2/tweets";
const TIMELINE: &str = "GET /2/users/{id}/tweets";

/// A moment at which a write can be held.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// A point of the gateway.
    Gateway(&'static str),
    /// X has the request, and has done nothing.
    Received(&'static str),
    /// X has done it, and has not answered.
    Committed(&'static str),
}

use Moment::{Committed, Gateway, Received};

/// What has to become of a write without anybody asking for it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing: nobody has heard of it.
    Unheard,
    /// Nothing, or what becomes of [`Done`](Self::Done): the object is asked once more where it wants a share of a window of the
    /// app's, and was killed at either.
    UnheardOrDone,
    /// X has it once, and everybody can know.
    Done,
    /// It was lost twice, X has it not, and everybody can see that this is not known.
    Unconfirmed,
}

/// One or two moments, each of which ends in a kill.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    first: Moment,
    second: Option<Moment>,
    pub(super) end: End,
}

impl Place {
    const fn once(first: Moment, end: End) -> Self {
        Self { first, second: None, end }
    }

    const fn twice(first: Moment, second: Moment, end: End) -> Self {
        Self { first, second: Some(second), end }
    }

    /// The points of the first kill, and of the second.
    pub(super) fn points(self, app: &App) -> (Point, Option<Point>) {
        (self.first.point(app), self.second.map(|second| second.point(app)))
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.second {
            None => write!(f, "{}", self.first),
            Some(second) => write!(f, "{}, then {second}", self.first),
        }
    }
}

impl Moment {
    fn point(self, app: &App) -> Point {
        match self {
            Gateway(name) => Point::of_gateway(name, &app.account),
            Received(operation) => Point::x_received(operation, &app.user),
            Committed(operation) => Point::x_committed(operation, &app.user),
        }
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Gateway(name) => write!(f, "{name}"),
            Received(operation) => write!(f, "x.received {operation}"),
            Committed(operation) => write!(f, "x.committed {operation}"),
        }
    }
}

/// Between a client's request and its answer.
pub(super) const ONE_KILL: [Place; 8] = [
    Place::once(Gateway("write.asked"), End::Unheard),
    Place::once(Gateway("account.begin.stored"), End::UnheardOrDone),
    Place::once(Gateway("write.leave-given"), End::Done),
    Place::once(Received(POST), End::Done),
    Place::once(Committed(POST), End::Done),
    Place::once(Gateway("write.answer-received"), End::Done),
    Place::once(Gateway("account.finish.stored"), End::Done),
    Place::once(Gateway("write.outcome-kept"), End::Done),
];

/// First there, and then in what the object does about it by itself. All are held when they are killed, so that no write is killed
/// elsewhere.
pub(super) const TWO_KILLS: [Place; 11] = [
    Place::twice(Committed(POST), Gateway("write.woken"), End::Done),
    Place::twice(Committed(POST), Gateway("account.due.stored"), End::Done),
    Place::twice(Received(POST), Received(TIMELINE), End::Done),
    Place::twice(Committed(POST), Gateway("write.looked"), End::Done),
    Place::twice(Committed(POST), Gateway("account.looked.stored"), End::Done),
    Place::twice(Received(POST), Gateway("account.looked.stored"), End::Unconfirmed),
    Place::twice(Received(POST), Gateway("write.again-leave-given"), End::Unconfirmed),
    Place::twice(Received(POST), Received(POST), End::Unconfirmed),
    Place::twice(Received(POST), Committed(POST), End::Done),
    Place::twice(Received(POST), Gateway("write.again-answer-received"), End::Done),
    Place::twice(Received(POST), Gateway("account.finish.stored"), End::Done),
];

/// Those that the naive twin comes by.
pub(super) const NAIVE: [Place; 5] = [
    Place::once(Received(POST), End::Done),
    Place::once(Committed(POST), End::Done),
    Place::once(Gateway("write.answer-received"), End::Done),
    Place::once(Gateway("account.begin.received"), End::Done),
    Place::once(Gateway("account.finish.stored"), End::Done),
];
