//! Where somebody can be held.

use serde_json::{Value, json};

/// A crash point, for one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    name: String,
    subject: String,
}

impl Point {
    /// One of the gateway's own, `crashpoint!(context, "name", subject)`; or of an account's object, by its command and moment:
    /// `account.commit.received`, `account.commit.stored`, with the account's id as subject.
    pub fn of_gateway(name: &str, subject: &str) -> Self {
        Self { name: name.to_owned(), subject: subject.to_owned() }
    }

    /// X has a request of this user whole, and nothing has happened. `operation` is a method and an OpenAPI path.
    pub fn x_received(operation: &str, user: &str) -> Self {
        Self { name: format!("x.received {operation}"), subject: user.to_owned() }
    }

    /// X has committed the effect of a request of this user, and not answered.
    pub fn x_committed(operation: &str, user: &str) -> Self {
        Self { name: format!("x.committed {operation}"), subject: user.to_owned() }
    }

    pub(crate) fn json(&self) -> Value {
        json!({"point": self.name, "subject": self.subject})
    }
}
