//! X, as far as a refresh and a write can see it: a model of its own, with a ledger. It shares no rule with perch.

mod tokens;
mod tweets;

use fastrand::Rng;

pub(crate) use tokens::{Spent, Tokens};
pub(crate) use tweets::Tweets;

/// X's answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// What is asked of X.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// `POST /2/oauth2/token` with this refresh token.
    Refresh(String),
    /// `GET /2/users/me` with this access token.
    Me(String),
    /// `POST /2/tweets` with this access token and text.
    Tweet { token: String, text: String },
    /// `GET /2/users/{user}/tweets` with this access token, since then, from this tweet on.
    Timeline { token: String, user: u64, since: u64, from: Option<usize> },
    /// Something no model knows.
    Unknown,
}

impl Asked {
    /// The text it asks to be tweeted, if it does.
    pub(crate) fn tweets(&self) -> Option<&str> {
        if let Self::Tweet { text, .. } = self { Some(text) } else { None }
    }

    /// The refresh token it is asked with, if it is.
    pub(crate) fn refreshes(&self) -> Option<&str> {
        if let Self::Refresh(token) = self { Some(token) } else { None }
    }
}

/// X.
pub(crate) struct X {
    pub(crate) tokens: Tokens,
    pub(crate) tweets: Tweets,
    /// How many requests have been sent to it.
    pub(crate) requests: u64,
}

impl X {
    /// An X with some of the habits X may have.
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        Self { tokens: Tokens::draw(rng), tweets: Tweets::draw(rng), requests: 0 }
    }

    /// X does what is asked.
    pub(crate) fn act(&mut self, asked: &Asked, now: u64) -> Answer {
        match asked {
            Asked::Refresh(token) => self.tokens.refresh(token, now),
            Asked::Me(token) => match self.tokens.who(token, now) {
                Some(user) => Answer::ok(format!(r#"{{"data":{{"id":"{user}","username":"u","name":"U"}}}}"#)),
                None => Answer::unauthorized(),
            },
            Asked::Tweet { token, text } => match self.tokens.who(token, now) {
                Some(user) => self.tweets.make(user, text, now),
                None => Answer::unauthorized(),
            },
            Asked::Timeline { token, user, since, from } => match self.tokens.who(token, now) {
                Some(_) => self.tweets.timeline(*user, *since, *from, now),
                None => Answer::unauthorized(),
            },
            Asked::Unknown => Answer { status: 404, body: r#"{"title":"Not Found Error"}"#.to_owned() },
        }
    }
}

impl Answer {
    pub(crate) const fn ok(body: String) -> Self {
        Self { status: 200, body }
    }

    fn unauthorized() -> Self {
        let body = r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#;
        Self { status: 401, body: body.to_owned() }
    }
}
