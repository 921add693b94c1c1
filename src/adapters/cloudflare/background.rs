//! `waitUntil`.

use std::{future::Future, pin::Pin, sync::Arc};

use worker::Context;

use crate::ports::Background;

/// The event's context, which stays until spawned work is done (at most 30 s after a client has left).
pub(super) struct WaitUntil(pub(super) Arc<Context>);

impl Background for WaitUntil {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.wait_until(work);
    }
}
