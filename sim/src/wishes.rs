//! What clients wanted written, what they were told, and what X's ledger says of it.

use perch::domain::write::{State as Standing, Write};

use crate::{visit::VisitId, weather::Weather, world::State};

/// Something that a client wants written: once, however often it asks.
#[derive(Debug)]
pub(crate) struct Wished {
    /// The text, like no other's.
    pub(crate) text: String,
    /// Whether it has a name, and may be asked for again.
    pub(crate) is_named: bool,
    /// What the client was told, each time.
    pub(crate) told: Vec<Told>,
    /// How often it was asked for.
    pub(crate) asked: u32,
}

/// What a client was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// X's answer.
    Answer(u16, Vec<u8>),
    /// That it is open.
    Open,
    /// That it was not sent, and why.
    NotSent(&'static str),
    /// That somebody else is at it, or was.
    Busy,
}

impl Wished {
    /// Whether every request for it was told that it was not sent.
    fn is_refused(&self) -> bool {
        let not_sent = self.told.iter().filter(|told| matches!(told, Told::NotSent(_))).count();
        not_sent > 0 && not_sent == self.asked as usize
    }

    fn did(&self) -> impl Iterator<Item = &[u8]> {
        self.told.iter().filter_map(|told| match told {
            Told::Answer(200..300, body) => Some(body.as_slice()),
            _ => None,
        })
    }
}

impl State {
    /// A tweet leaves for X.
    pub(crate) fn tweet_sent(&mut self, text: &str, visit: VisitId) {
        self.verdict.counts.sent += 1;
        self.note("a tweet leaves", [visit as u64, 0], || format!("by visit {visit}: {text}"));
        if self.x.tweets.count(text) > 0 {
            self.violated("nothing is sent that X has done already", text.to_owned());
        }
        let is_on_its_way = self.flights.values().any(|flight| flight.asked.tweets() == Some(text));
        if is_on_its_way {
            self.violated("at most one request of a write is under way", text.to_owned());
        }
    }

    /// At rest: what X made, what perch keeps and what was told agree on wish `number`, of which perch keeps these `writes`.
    pub(crate) fn check_wish(&mut self, number: usize, writes: &[Write]) {
        let Some(wish) = self.wishes.get(number) else { return };
        let made = self.x.tweets.count(&wish.text);
        let Weather { is_calm, hears_objects, .. } = self.weather;
        let end = End { wish, made, writes, is_calm, hears_objects };
        let (broken, how) = (end.broken(), end.told());
        let counts = &mut self.verdict.counts;
        counts.made += made as u64;
        counts.unconfirmed += u64::from(end.is_unconfirmed());
        counts.retried += u64::from(end.kept().is_some_and(|write| write.attempts > 1));
        counts.found += u64::from(end.did() && end.kept().is_some_and(|write| write.looks > 0));
        if let Some(invariant) = broken {
            self.violated(invariant, how);
        }
    }
}

/// How it ended with a wish.
struct End<'a> {
    wish: &'a Wished,
    /// How often X made it.
    made: usize,
    /// What perch keeps of it.
    writes: &'a [Write],
    is_calm: bool,
    hears_objects: bool,
}

impl End<'_> {
    /// The write that counts: what was not sent is kept for whoever asks, and its name is free for another try.
    fn kept(&self) -> Option<&Write> {
        self.tried().next()
    }

    fn tried(&self) -> impl Iterator<Item = &Write> {
        self.writes.iter().filter(|write| !matches!(write.state, Standing::Failed { .. }))
    }

    fn is_open(&self) -> bool {
        self.kept().is_some_and(|write| !write.state.is_settled())
    }

    fn is_unconfirmed(&self) -> bool {
        self.kept().is_some_and(|write| matches!(write.state, Standing::Unconfirmed { .. }))
    }

    /// Whether perch knows that X did it.
    fn did(&self) -> bool {
        let said = |write: &Write| write.answer.as_ref().is_some_and(|answer| (200..300).contains(&answer.status));
        self.kept().is_some_and(|write| write.state == Standing::Done && said(write))
    }

    /// The first invariant that does not hold.
    fn broken(&self) -> Option<&'static str> {
        let mut answers = self.wish.did();
        let first = answers.next();
        let rules = [
            ("a write happens once", self.made <= 1),
            ("a write is kept once", self.tried().count() <= 1),
            ("at rest no write is open", !self.is_open()),
            ("what X has done is known as done, or unconfirmed", self.made == 0 || self.did() || self.is_unconfirmed()),
            ("what is told as done is done", self.made > 0 || !(self.did() || first.is_some())),
            // Known: a client is told that nothing was sent before the account's object has heard so. README.md tells of it.
            ("what is told as not sent is not sent", self.made == 0 || !(self.wish.is_refused() && self.hears_objects)),
            ("what is told as open can be asked for", !self.writes.is_empty() || !self.wish.told.contains(&Told::Open)),
            ("a replay is the first answer, byte for byte", answers.all(|other| Some(other) == first)),
            ("in calm weather every write happens", self.made > 0 || !self.is_calm),
        ];
        rules.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule)
    }

    fn told(&self) -> String {
        let state = self.kept().map_or("not kept", |write| write.state.name());
        let told: Vec<&str> = self.wish.told.iter().map(Told::name).collect();
        format!("\"{}\": made {} times, {state}, told {told:?}", self.wish.text, self.made)
    }
}

impl Told {
    pub(crate) const fn name(&self) -> &str {
        match self {
            Self::Answer(200..300, _) => "done",
            Self::Answer(..) => "refused",
            Self::Open => "open",
            Self::NotSent(code) => code,
            Self::Busy => "busy",
        }
    }
}
