//! `GET /2/tweets/search/recent`: the last seven days, with a small part of X's query language.

use http::StatusCode;
use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::state::State;
use crate::tweets::Tweet;
use crate::tweets::page::{self, Sizes};

const SIZES: Sizes = Sizes { low: 10, high: 100, default: 10 };
/// Recent search reaches back seven days.
const REACH_MS: u64 = 7 * 86_400_000;

/// `GET /2/tweets/search/recent?query=`
pub(crate) fn recent(state: &mut State, call: &Call) -> Outcome {
    let Some(query) = call.query("query").filter(|query| !query.trim().is_empty()) else {
        return required().refused();
    };
    let query = Query::parse(query);
    let oldest = state.now_ms().saturating_sub(REACH_MS);
    let matches = |tweet: &&Tweet| tweet.created_at_ms >= oldest && query.matches(state, tweet);
    page::of_tweets(state, call, SIZES, state.tweets.newest_first().filter(matches))
}

/// A query: `from:`, `to:`, `conversation_id:`, `is:reply`, `"a phrase"`, words, and `-` before any of them.
pub(crate) struct Query(Vec<Term>);

impl Query {
    /// Reads a query; what is no operator is a word.
    pub(crate) fn parse(text: &str) -> Self {
        Self(terms(text))
    }

    /// Whether all of it holds for `tweet`.
    pub(crate) fn matches(&self, state: &State, tweet: &Tweet) -> bool {
        self.0.iter().all(|term| holds(state, tweet, &term.text) != term.negated)
    }
}

struct Term {
    text: String,
    negated: bool,
}

fn terms(query: &str) -> Vec<Term> {
    let mut texts: Vec<String> = vec![String::new()];
    let mut quoted = false;
    for letter in query.chars() {
        match (letter, quoted, texts.last_mut()) {
            ('"', _, _) => quoted = !quoted,
            (' ', false, _) => texts.push(String::new()),
            (_, _, Some(text)) => text.push(letter),
            (_, _, None) => {}
        }
    }
    let term = |text: String| match text.strip_prefix('-') {
        Some(rest) => Term { text: rest.to_owned(), negated: true },
        None => Term { text, negated: false },
    };
    texts.into_iter().filter(|text| !text.is_empty()).map(term).collect()
}

fn holds(state: &State, tweet: &Tweet, term: &str) -> bool {
    let is_user = |id: &str, name: &str| {
        let name = name.trim_start_matches('@');
        id == name || state.users.by_username(name).is_some_and(|user| user.account.id == id)
    };
    match term.split_once(':') {
        Some(("from", name)) => is_user(&tweet.author_id, name),
        Some(("to", name)) => tweet.reply_to_user.as_deref().is_some_and(|id| is_user(id, name)),
        Some(("conversation_id", id)) => tweet.conversation_id.to_string() == id,
        Some(("is", "reply")) => tweet.reply_to.is_some(),
        _ => tweet.text.to_lowercase().contains(&term.to_lowercase()),
    }
}

fn required() -> Answer {
    let body = json!({
        "title": "Invalid Request",
        "detail": "The 'query' parameter is required.",
        "type": "https://api.x.com/2/problems/invalid-request",
    });
    Answer::json(StatusCode::BAD_REQUEST, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_falls_into_terms() {
        let parts: Vec<(String, bool)> =
            terms(r#"from:alice "two words" -is:reply"#).into_iter().map(|term| (term.text, term.negated)).collect();
        let expected = [("from:alice", false), ("two words", false), ("is:reply", true)];
        assert_eq!(parts, expected.map(|(text, negated)| (text.to_owned(), negated)));
    }
}
