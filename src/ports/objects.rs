//! The objects, which decide: one value, one place, one command at a time.

use super::Unavailable;
use crate::domain::machine::{Machine, Object};

/// Carries commands to objects, as JSON.
#[async_trait::async_trait]
pub trait Objects: Send + Sync {
    /// Hands `command` to the object called `name`, and brings its reply back.
    ///
    /// # Errors
    /// When the object does not answer within its deadline. Whether the command was taken is then unknown.
    async fn call(&self, object: Object, name: &str, command: Vec<u8>) -> Result<Vec<u8>, Unavailable>;
}

/// The typed way to an object.
#[async_trait::async_trait]
pub trait ObjectsExt {
    /// Asks the object of machine `M` called `name`.
    ///
    /// # Errors
    /// As [`Objects::call`], and when the reply is not one of `M`'s.
    async fn ask<M: Machine>(&self, name: &str, command: &M::Command) -> Result<M::Reply, Unavailable>;
}

#[async_trait::async_trait]
impl<O: Objects + ?Sized> ObjectsExt for O {
    async fn ask<M: Machine>(&self, name: &str, command: &M::Command) -> Result<M::Reply, Unavailable> {
        let command = serde_json::to_vec(command).map_err(|e| Unavailable::new("object", e))?;
        let reply = self.call(M::OBJECT, name, command).await?;
        serde_json::from_slice(&reply).map_err(|e| Unavailable::new("object", e))
    }
}
