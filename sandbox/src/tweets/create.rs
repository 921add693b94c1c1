//! `POST /2/tweets`

use http::StatusCode;
use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::refusal;
use crate::state::State;
use crate::streams;
use crate::text;
use crate::tweets::Tweet;
use crate::tweets::draft::Draft;
use crate::tweets::shown::Shown;
use crate::vectors;

/// `POST /2/tweets`: everything is checked before the tweet exists.
pub(crate) fn run(state: &mut State, call: &Call) -> Outcome {
    let author = call.caller.user_id().unwrap_or_default();
    let draft = Draft::parse(&call.body)?;
    let now = state.now_ms();
    check_text(state, author, &draft, now)?;
    check_reply(state, author, &draft)?;
    check_quote(state, &draft)?;
    check_media(state, author, &draft)?;
    let tweet = tweet(state, author, &draft, now);
    let id = tweet.id.to_string();
    let details = json!({
        "tweet_id": id,
        "text": tweet.text,
        "reply_to": tweet.reply_to.map(|id| id.to_string()),
        "quotes": tweet.quotes.map(|id| id.to_string()),
        "media_ids": tweet.media_ids,
        "body": serde_json::from_slice::<serde_json::Value>(&call.body).unwrap_or_default(),
    });
    let data = json!({ "id": id, "text": Shown::of(state, &tweet).text, "edit_history_tweet_ids": [id] });
    streams::publish(state, &tweet);
    state.tweets.add(tweet);
    state.commit("tweet.create", Some(author), details);
    Ok(Answer::json(StatusCode::CREATED, &json!({ "data": data })))
}

fn check_text(state: &State, author: &str, draft: &Draft, now: u64) -> Result<(), Box<Answer>> {
    if text::measure(&draft.text).weighted_length > state.rules.max_weighted_length {
        return vectors::refuse("not-permitted");
    }
    let reply_to = reply_target(draft);
    let repeated = !draft.text.is_empty() && state.tweets.is_duplicate(author, &draft.text, reply_to, now);
    if state.rules.refuse_duplicates && repeated {
        return vectors::refuse("duplicate");
    }
    Ok(())
}

fn check_reply(state: &State, author: &str, draft: &Draft) -> Result<(), Box<Answer>> {
    if draft.reply.is_none() {
        return Ok(());
    }
    let Some(parent) = reply_target(draft).and_then(|id| state.tweets.get(id)) else {
        return vectors::refuse("reply-target-gone");
    };
    let is_summoned = parent.author_id == author || parent.mentions.iter().any(|id| id == author);
    if state.rules.summoned_replies_only && !is_summoned {
        return vectors::refuse("reply-not-summoned");
    }
    Ok(())
}

fn check_quote(state: &State, draft: &Draft) -> Result<(), Box<Answer>> {
    let Some(id) = &draft.quote_tweet_id else {
        return Ok(());
    };
    let exists = id.parse().is_ok_and(|id| state.tweets.get(id).is_some());
    if state.rules.refuse_quotes || !exists {
        return vectors::refuse("quote-not-allowed");
    }
    Ok(())
}

fn check_media(state: &State, author: &str, draft: &Draft) -> Result<(), Box<Answer>> {
    let ids: Vec<&str> = draft.media_ids().iter().map(String::as_str).collect();
    if ids.is_empty() || state.media.can_attach(author, &ids, state.now_ms()) {
        return Ok(());
    }
    let parameters = json!({ "media.media_ids": ids });
    refusal::invalid_set(parameters, "Your media IDs are invalid.").refused()
}

fn reply_target(draft: &Draft) -> Option<u64> {
    draft.reply.as_ref().and_then(|reply| reply.in_reply_to_tweet_id.parse().ok())
}

fn tweet(state: &mut State, author: &str, draft: &Draft, now: u64) -> Tweet {
    let id = state.tweets.next_id(now);
    let parent = reply_target(draft).and_then(|id| state.tweets.get(id));
    Tweet {
        id,
        author_id: author.to_owned(),
        text: draft.text.clone(),
        created_at_ms: now,
        conversation_id: parent.map_or(id, |parent| parent.conversation_id),
        reply_to: parent.map(|parent| parent.id),
        reply_to_user: parent.map(|parent| parent.author_id.clone()),
        quotes: draft.quote_tweet_id.as_ref().and_then(|id| id.parse().ok()),
        media_ids: draft.media_ids().to_vec(),
        media: state.media.attached(author, draft.media_ids(), now),
        reply_settings: draft.reply_settings.map_or("everyone", |who| who.name()).to_owned(),
        mentions: state.users.mentioned_in(&draft.text),
    }
}
