//! A tweet, from the body a caller sends to the draft that X will take.
//!
//! A [`TweetBody`] is whatever JSON said. A [`TweetDraft`] is a body that broke no rule X has told us: it can only be
//! made by [`TweetDraft::check`], which names every fault at once, so that a caller pays for one round, not for many.
//! What X decides by plan or person (quotes, replies, cashtags) is no rule here.

mod body;
mod draft;
mod field_error;
mod ids;
mod measure;
mod rules;
mod thread;

pub use body::{AppInstall, CallToActions, EditOptions, Geo, Link, Poll, Reply, TweetBody, TweetMedia};
pub use draft::TweetDraft;
pub use field_error::{FieldError, Rule};
pub use ids::{MediaId, TweetId};
pub use measure::TextMeasure;
pub use thread::ThreadDraft;

#[cfg(test)]
mod tests;
