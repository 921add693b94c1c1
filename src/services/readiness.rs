//! Whether the parts of the platform that perch stands on answer.

use secrecy::SecretString;
use serde::Serialize;

use super::Context;
use crate::{
    domain::breaker::{Breaker, Command, Group},
    ports::{Binding, ObjectsExt, Statement},
};

/// One part, and whether it answers.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Part {
    /// `kv`, `d1`, `objects` or `sealed_box`.
    pub name: &'static str,
    /// Whether it answers.
    pub ok: bool,
}

/// Asks every part.
pub async fn ask(context: &Context) -> Vec<Part> {
    let ports = &context.ports;
    let kv = async { ports.kv.get("ready").await.is_ok() };
    let d1 = async { ports.sql.query(Statement::new("SELECT kid FROM api_keys LIMIT 1", [])).await.is_ok() };
    let objects = async { ports.objects.ask::<Breaker>(Group::Tokens.as_str(), &Command::Snapshot).await.is_ok() };
    let (kv, d1, objects) = futures_util::join!(kv, d1, objects);
    vec![
        Part { name: "kv", ok: kv },
        Part { name: "d1", ok: d1 },
        Part { name: "objects", ok: objects },
        Part { name: "sealed_box", ok: seals(context) },
    ]
}

fn seals(context: &Context) -> bool {
    let binding = Binding { owner: "ready", x_user_id: "", field: "probe", generation: 0 };
    let sealed_box = &context.ports.sealed_box;
    sealed_box
        .seal(&SecretString::from("probe"), &binding)
        .and_then(|sealed| sealed_box.open(&sealed, &binding))
        .is_ok()
}
