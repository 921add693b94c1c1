//! Looking at X for writes whose outcome is unknown: one read of the account's own timeline for all of them.

use serde::Deserialize;

use super::Answer;
use crate::{
    domain::{
        Timestamp,
        account::Glance,
        ids::{AccountId, UserId},
        write::{Sight, Write},
    },
    services::{Context, x},
    x::{
        endpoints::users,
        sighting::{self, Seen},
    },
};

/// How far X's clock may be behind ours, in ms.
const SKEW_MS: u64 = 60_000;
/// How many pages of the timeline are read.
const PAGES: usize = 3;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    data: Vec<Seen>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    next_token: Option<String>,
}

/// What there is of each of `writes`.
pub(super) async fn look(context: &Context, owner: &AccountId, writes: &[Write]) -> Vec<Glance> {
    let seen = timeline(context, owner, writes).await;
    let glance = |write: &Write| {
        let sights = match &seen {
            Some(seen) => {
                seen.iter().filter(|seen| is_it(write, seen)).map(|seen| there(write, seen, context)).collect()
            }
            None => vec![Sight::Hidden],
        };
        Glance { id: write.id.clone(), sights }
    };
    writes.iter().map(glance).collect()
}

/// Every tweet of the account's since the first of `writes` was sent, the oldest first; nothing, if not all can be seen.
async fn timeline(context: &Context, owner: &AccountId, writes: &[Write]) -> Option<Vec<Seen>> {
    let user = writes.iter().find_map(|write| UserId::parse(write.intent.user.as_deref()?).ok())?;
    let since = writes.iter().filter_map(|write| write.sent_at).min()?.minus_ms(SKEW_MS);
    let (mut seen, mut token): (Vec<Seen>, Option<String>) = (Vec::new(), None);
    for _ in 0..PAGES {
        let request = users::timeline(&user, since, sighting::FIELDS, token.as_deref());
        let page: Page = x::call(context, owner, request).await.ok()?.json().ok()?;
        seen.extend(page.data);
        token = page.meta.next_token;
        if token.is_none() {
            seen.reverse();
            return Some(seen);
        }
    }
    None
}

fn is_it(write: &Write, seen: &Seen) -> bool {
    let sent_at = write.sent_at.unwrap_or(write.begun_at);
    let made_at = seen.created_at.as_deref().and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok());
    let made_at = made_at.and_then(|at| u64::try_from(at.timestamp_millis()).ok()).map(Timestamp::from_ms);
    made_at.is_none_or(|at| at >= sent_at.minus_ms(SKEW_MS)) && sighting::is_it(&write.intent.body, seen)
}

/// What X would have answered.
fn there(write: &Write, seen: &Seen, context: &Context) -> Sight {
    let body = serde_json::json!({
        "data": { "edit_history_tweet_ids": [seen.id], "id": seen.id, "text": seen.text },
    });
    let answer = Answer {
        status: 201,
        headers: vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())],
        body: body.to_string().into_bytes(),
        request_id: write.intent.request_id.clone(),
        at: context.now(),
    };
    Sight::There { answer, claim: seen.id.clone() }
}
