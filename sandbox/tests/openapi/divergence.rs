//! Where the sandbox answers otherwise than the specification says, on purpose.
//!
//! Specification 2.167 renamed tweets to posts and moved the problem types to another host. X's pages, its recorded
//! answers and the clients in use still have the old names, so the sandbox sends them.

use serde_json::Value;

/// Something the specification does not know, and X's answers have.
pub(crate) enum Divergence {
    /// A member, wherever it stands.
    Member(&'static str),
    /// The beginning of a problem's type, and what the specification has in its place.
    TypePrefix(&'static str, &'static str),
}

/// All of them. A trial fails when one is never met: then it has no place here.
pub(crate) const DIVERGENCES: &[Divergence] = &[
    Divergence::Member("edit_history_tweet_ids"),
    Divergence::Member("referenced_tweets"),
    Divergence::Member("retweet_count"),
    Divergence::Member("sent"),
    Divergence::Member("tweet_count"),
    Divergence::Member("tweets"),
    Divergence::TypePrefix("https://api.twitter.com/2/problems/", "https://api.x.com/2/problems/"),
];

/// Only in refusals: X lists every wrong parameter, where the specification has room for one.
pub(crate) const LIST_OF_FAULTS: Divergence = Divergence::Member("errors");

impl Divergence {
    /// Makes `body` what the specification expects; tells whether there was anything to do.
    pub(crate) fn reconcile(&self, body: &mut Value) -> bool {
        match body {
            Value::Array(items) => items.iter_mut().fold(false, |met, item| self.reconcile(item) | met),
            Value::Object(members) => {
                let removed = matches!(self, Self::Member(name) if members.remove(*name).is_some());
                let renamed = members.get_mut("type").is_some_and(|kind| self.rename(kind));
                members.values_mut().fold(removed | renamed, |met, value| self.reconcile(value) | met)
            }
            _ => false,
        }
    }

    fn rename(&self, kind: &mut Value) -> bool {
        let Self::TypePrefix(old, new) = self else { return false };
        let Some(rest) = kind.as_str().and_then(|kind| kind.strip_prefix(old)) else {
            return false;
        };
        *kind = Value::String(format!("{new}{rest}"));
        true
    }
}
