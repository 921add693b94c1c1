//! Several tweets, each answering the one before.

use super::{FieldError, Rule, TextMeasure, TweetBody, TweetDraft};

/// A thread shorter than this is a tweet; X's own composer ends at 25.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=25;

/// A checked thread. Each tweet but the first is posted as an answer to the one before, whose id is known only then:
/// see [`TweetDraft::replying_to`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadDraft {
    tweets: Vec<TweetDraft>,
}

impl ThreadDraft {
    /// Checks `bodies`, the first tweet first, each as [`TweetDraft::check`] does. Only the first may be a reply, and
    /// none an edit. Nothing is posted before all of them are right: half a thread cannot be taken back unseen.
    ///
    /// # Errors
    /// Every broken rule, under `tweets[0]` and so on.
    pub fn check(
        bodies: Vec<TweetBody>,
        measure: impl Fn(&str) -> TextMeasure,
        max_weighted: u32,
    ) -> Result<Self, Vec<FieldError>> {
        if !LENGTHS.contains(&bodies.len()) {
            let message = format!("has {} tweets, not {} to {}", bodies.len(), LENGTHS.start(), LENGTHS.end());
            return Err(vec![FieldError { field: "tweets".to_owned(), rule: Rule::Count, message }]);
        }
        let mut broken = misplaced(&bodies);
        let mut tweets = Vec::with_capacity(bodies.len());
        for (index, body) in bodies.into_iter().enumerate() {
            match TweetDraft::check(body, &measure, max_weighted) {
                Ok(tweet) => tweets.push(tweet),
                Err(errors) => broken.extend(errors.into_iter().map(|error| within(index, error))),
            }
        }
        if broken.is_empty() { Ok(Self { tweets }) } else { Err(broken) }
    }

    /// The tweets, first one first.
    pub fn tweets(&self) -> &[TweetDraft] {
        &self.tweets
    }

    /// The tweets, to be posted one by one.
    pub fn into_tweets(self) -> Vec<TweetDraft> {
        self.tweets
    }
}

/// What is wrong with tweets only because of the others of the thread.
fn misplaced(bodies: &[TweetBody]) -> Vec<FieldError> {
    let mut broken = Vec::new();
    for (index, body) in bodies.iter().enumerate() {
        let mut refuse = |field: &str, rule, message: &str| {
            let error = FieldError { field: field.to_owned(), rule, message: message.to_owned() };
            broken.push(within(index, error));
        };
        if index > 0 && body.reply.is_some() {
            refuse("reply", Rule::NotInThread, "only the first tweet of a thread may answer another");
        }
        if body.edit_options.is_some() {
            refuse("edit_options", Rule::NotInThread, "a thread is made of new tweets");
        }
        if bodies.iter().take(index).any(|earlier| is_same(earlier, body)) {
            refuse("text", Rule::Duplicate, "X refuses the same tweet twice");
        }
    }
    broken
}

/// Whether X would take `b` for a duplicate of `a`.
fn is_same(a: &TweetBody, b: &TweetBody) -> bool {
    let text = |body: &TweetBody| body.text.as_deref().map(|text| text.trim().to_owned());
    text(a).is_some() && text(a) == text(b) && a.media == b.media
}

fn within(index: usize, error: FieldError) -> FieldError {
    FieldError { field: format!("tweets[{index}].{}", error.field), ..error }
}
