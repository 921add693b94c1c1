//! Looking users up: the caller, one, or many, by id or username.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::config::{is_id, is_username};
use crate::fields;
use crate::refusal::{self, Missing};
use crate::state::State;
use crate::users::view;
use crate::vectors;

/// `GET /2/users/me`
pub(crate) fn me(state: &mut State, call: &Call) -> Outcome {
    let fields = fields::of_users(call)?;
    match call.caller.user_id().and_then(|id| state.users.by_id(id)) {
        Some(user) => Ok(Answer::ok(&json!({ "data": view::user(state, user, &fields) }))),
        None => vectors::refuse("unauthorized-problem"),
    }
}

/// `GET /2/users/{id}`
pub(crate) fn by_id(state: &mut State, call: &Call) -> Outcome {
    one(state, call, Key::Id, call.param("id"))
}

/// `GET /2/users/by/username/{username}`
pub(crate) fn by_username(state: &mut State, call: &Call) -> Outcome {
    one(state, call, Key::Username, call.param("username"))
}

/// `GET /2/users?ids=`
pub(crate) fn by_ids(state: &mut State, call: &Call) -> Outcome {
    many(state, call, Key::Ids)
}

/// `GET /2/users/by?usernames=`
pub(crate) fn by_usernames(state: &mut State, call: &Call) -> Outcome {
    many(state, call, Key::Usernames)
}

/// What a user is looked up by.
#[derive(Clone, Copy)]
enum Key {
    Id,
    Ids,
    Username,
    Usernames,
}

impl Key {
    fn parameter(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Ids => "ids",
            Self::Username => "username",
            Self::Usernames => "usernames",
        }
    }

    fn accepts(self, value: &str) -> bool {
        match self {
            Self::Id | Self::Ids => is_id(value),
            Self::Username | Self::Usernames => is_username(value),
        }
    }

    fn find(self, state: &State, value: &str, fields: &[String]) -> Option<Value> {
        let user = match self {
            Self::Id | Self::Ids => state.users.by_id(value),
            Self::Username | Self::Usernames => state.users.by_username(value),
        };
        user.map(|user| view::user(state, user, fields))
    }

    fn missing(self, value: &str) -> Missing<'_> {
        Missing { resource: "user", parameter: self.parameter(), value }
    }
}

fn one(state: &State, call: &Call, key: Key, value: &str) -> Outcome {
    if !key.accepts(value) {
        return refusal::not_valid(key.parameter(), value).refused();
    }
    let found = key.find(state, value, &fields::of_users(call)?);
    Ok(found.map_or_else(|| key.missing(value).alone(), |user| Answer::ok(&json!({ "data": user }))))
}

fn many(state: &State, call: &Call, key: Key) -> Outcome {
    let values = fields::list(call, key.parameter(), 100)?;
    if let Some(wrong) = values.iter().find(|value| !key.accepts(value)) {
        return refusal::not_valid(key.parameter(), wrong).refused();
    }
    let fields = fields::of_users(call)?;
    let (mut data, mut errors) = (Vec::new(), Vec::new());
    for value in &values {
        match key.find(state, value, &fields) {
            Some(user) => data.push(user),
            None => errors.push(key.missing(value).partial()),
        }
    }
    Ok(fields::data_and_errors(data, &errors, None))
}
