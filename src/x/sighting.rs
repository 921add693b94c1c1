//! Whether a tweet that stands in a timeline is the one that was sent.
//!
//! X puts the text into NFC, replaces every link by one of `t.co`, appends such links for media and for a quoted tweet, and escapes
//! `&`, `<` and `>`. So both texts are brought into one form: what is not a link must be equal, each link must lead to the same
//! place as far as X tells where it leads, and media, reply and quote must be the same.

mod text;

use serde::Deserialize;

use super::operation::Operation;
use crate::domain::tweet::TweetBody;
use text::Words;

/// A tweet as a timeline shows it, with the fields of [`FIELDS`].
#[derive(Clone, Debug, Deserialize)]
pub struct Seen {
    /// X's id.
    pub id: String,
    /// The text.
    pub text: String,
    /// When it was made, in RFC 3339.
    pub created_at: Option<String>,
    /// The whole text of a long tweet.
    note_tweet: Option<Note>,
    /// Where its links lead.
    entities: Option<Entities>,
    /// Its media.
    attachments: Option<Attachments>,
    /// What it replies to and quotes.
    #[serde(default)]
    referenced_tweets: Vec<Reference>,
}

#[derive(Clone, Debug, Deserialize)]
struct Note {
    text: String,
    entities: Option<Entities>,
}

#[derive(Clone, Debug, Deserialize)]
struct Entities {
    #[serde(default)]
    urls: Vec<Link>,
}

#[derive(Clone, Debug, Deserialize)]
struct Link {
    url: String,
    expanded_url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Attachments {
    #[serde(default)]
    media_keys: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

/// The fields of a tweet that tell it from others.
pub const FIELDS: &str = "created_at,entities,attachments,referenced_tweets,note_tweet";

/// Whether what `operation` makes of `body` will stand in the account's own timeline.
pub fn can_be_seen(operation: &Operation, body: &str) -> bool {
    operation.name == super::endpoints::tweets::CREATE.name && sent(body).is_some()
}

/// The tweet that `body` asks for, if it will stand in the account's timeline and can be told from others there.
fn sent(body: &str) -> Option<TweetBody> {
    let body: TweetBody = serde_json::from_str(body).ok()?;
    let is_hidden = body.nullcast == Some(true)
        || body.for_super_followers_only == Some(true)
        || (body.community_id.is_some() && body.share_with_followers != Some(true));
    let is_edit = body.edit_options.is_some();
    let is_told_apart = body.text.is_some() || body.media.is_some();
    (is_told_apart && !is_hidden && !is_edit).then_some(body)
}

/// Whether `seen` is what `body` asked for.
pub fn is_it(body: &str, seen: &Seen) -> bool {
    sent(body).is_some_and(|sent| same_references(&sent, seen) && same_media(&sent, seen) && same_text(&sent, seen))
}

fn same_references(sent: &TweetBody, seen: &Seen) -> bool {
    let reference = |kind: &str| seen.referenced_tweets.iter().find(|one| one.kind == kind).map(|one| one.id.as_str());
    let reply = sent.reply.as_ref().map(|reply| reply.in_reply_to_tweet_id.as_str());
    reference("replied_to") == reply && reference("quoted") == sent.quote_tweet_id.as_deref()
}

/// A media key is a number for its kind, and the media id.
fn same_media(sent: &TweetBody, seen: &Seen) -> bool {
    let keys = seen.attachments.as_ref().map(|attached| attached.media_keys.as_slice()).unwrap_or_default();
    let mut seen: Vec<&str> = keys.iter().filter_map(|key| key.split_once('_').map(|(_, id)| id)).collect();
    let ids = sent.media.as_ref().map(|media| media.media_ids.as_slice()).unwrap_or_default();
    let mut sent: Vec<&str> = ids.iter().map(String::as_str).collect();
    seen.sort_unstable();
    sent.sort_unstable();
    seen == sent
}

fn same_text(sent: &TweetBody, seen: &Seen) -> bool {
    let (text, entities) = match &seen.note_tweet {
        Some(note) => (&note.text, note.entities.as_ref()),
        None => (&seen.text, seen.entities.as_ref()),
    };
    let links = entities.map(|entities| entities.urls.as_slice()).unwrap_or_default();
    let leads_to = |url: &str| links.iter().find(|link| link.url == url)?.expanded_url.as_deref();
    let appended = usize::from(sent.media.is_some()) + usize::from(sent.quote_tweet_id.is_some());
    let (mut seen, sent) = (Words::seen(text, leads_to), Words::sent(sent.text.as_deref().unwrap_or_default()));
    seen.forget_last_links(appended, sent.links());
    seen.agrees_with(&sent)
}

#[cfg(test)]
mod tests;
