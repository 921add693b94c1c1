//! Who follows whom.

use serde::Deserialize;
use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::config::is_id;
use crate::engagement::mark::{own, own_id};
use crate::fields;
use crate::refusal::{self, Missing};
use crate::state::State;
use crate::tweets::page::{self, Page, Sizes};
use crate::tweets::timeline::unless_user;
use crate::users;
use crate::vectors;

const SIZES: Sizes = Sizes { low: 1, high: 1000, default: 100 };

/// All follows, oldest first: the follower, then the followed.
#[derive(Debug, Default)]
pub(crate) struct Follows {
    pairs: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    target_user_id: String,
}

impl Follows {
    /// Adds a follow; `false` when it was there.
    fn add(&mut self, follower: &str, target: &str) -> bool {
        let is_new = !self.is_following(follower, target);
        if is_new {
            self.pairs.push((follower.to_owned(), target.to_owned()));
        }
        is_new
    }

    /// Takes a follow away; `false` when there was none.
    fn remove(&mut self, follower: &str, target: &str) -> bool {
        let before = self.pairs.len();
        self.pairs.retain(|(by, of)| by != follower || of != target);
        self.pairs.len() < before
    }

    /// Whether `follower` follows `target`.
    pub(crate) fn is_following(&self, follower: &str, target: &str) -> bool {
        self.pairs.iter().any(|(by, of)| by == follower && of == target)
    }

    /// Whom the user follows, newest follow first.
    pub(crate) fn following(&self, user_id: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().rev().filter(move |(by, _)| by == user_id).map(|(_, of)| of.as_str())
    }

    /// Who follows the user, newest follow first.
    pub(crate) fn followers(&self, user_id: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().rev().filter(move |(_, of)| of == user_id).map(|(by, _)| by.as_str())
    }
}

/// `POST /2/users/{id}/following`; a second time changes nothing and answers the same.
pub(crate) fn create(state: &mut State, call: &Call) -> Outcome {
    let user = own_id(call)?;
    let Ok(Body { target_user_id: target }) = serde_json::from_slice::<Body>(&call.body) else {
        return refusal::invalid("target_user_id", "", "The `target_user_id` field is required").refused();
    };
    if target == user {
        return vectors::refuse("not-permitted");
    }
    if state.users.by_id(&target).is_none() {
        return Missing { resource: "user", parameter: "target_user_id", value: &target }.problem().refused();
    }
    if state.follows.add(user, &target) {
        state.commit("follow.create", Some(user), json!({ "target_user_id": target }));
    }
    Ok(Answer::ok(&json!({ "data": { "following": true, "pending_follow": false } })))
}

/// `DELETE /2/users/{source_user_id}/following/{target_user_id}`
pub(crate) fn delete(state: &mut State, call: &Call) -> Outcome {
    let user = own(call, "source_user_id")?;
    let target = call.param("target_user_id");
    if !is_id(target) {
        return refusal::not_valid("target_user_id", target).refused();
    }
    if state.follows.remove(user, target) {
        state.commit("follow.delete", Some(user), json!({ "target_user_id": target }));
    }
    Ok(Answer::ok(&json!({ "data": { "following": false } })))
}

/// `GET /2/users/{id}/following`
pub(crate) fn following(state: &mut State, call: &Call) -> Outcome {
    list(state, call, state.follows.following(call.param("id")))
}

/// `GET /2/users/{id}/followers`
pub(crate) fn followers(state: &mut State, call: &Call) -> Outcome {
    list(state, call, state.follows.followers(call.param("id")))
}

fn list<'state>(state: &'state State, call: &Call, ids: impl Iterator<Item = &'state str>) -> Outcome {
    if let Some(answer) = unless_user(state, call.param("id"))? {
        return Ok(answer);
    }
    let (page, fields) = (Page::asked(call, SIZES)?, fields::of_users(call)?);
    let (users, next) = page.cut(ids.filter_map(|id| state.users.by_id(id)));
    let meta = page::meta(users.len(), next);
    let data = users.into_iter().map(|user| users::view::user(state, user, &fields)).collect();
    Ok(page::answer(data, meta, None))
}
