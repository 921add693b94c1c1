//! `waitUntil`.

use std::{future::Future, pin::Pin, sync::Arc};

use worker::{Context, ScheduleContext, send::SendWrapper};

use crate::ports::Background;

/// A request's or a batch's context, which stays until spawned work is done (at most 30 s after a client has left).
struct WaitUntil(Context);

/// A tick's context, which stays likewise.
struct WaitUntilScheduled(SendWrapper<ScheduleContext>);

/// Work that lives as long as the event of `context`.
pub fn wait_until(context: Context) -> Arc<dyn Background> {
    Arc::new(WaitUntil(context))
}

/// Work that lives as long as the tick of `context`.
pub fn wait_until_scheduled(context: ScheduleContext) -> Arc<dyn Background> {
    Arc::new(WaitUntilScheduled(SendWrapper::new(context)))
}

/// Work inside an object, which the platform keeps alive while anything is pending.
struct OnItsOwn;

/// Work that lives as long as the object that began it.
pub fn on_its_own() -> Arc<dyn Background> {
    Arc::new(OnItsOwn)
}

impl Background for OnItsOwn {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        wasm_bindgen_futures::spawn_local(work);
    }
}

impl Background for WaitUntil {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.wait_until(work);
    }
}

impl Background for WaitUntilScheduled {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.wait_until(work);
    }
}
