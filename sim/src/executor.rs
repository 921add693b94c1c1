//! Tasks, and whose turn it is: one thread, and the seed chooses among those that can go on.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use crate::visit::VisitId;

/// A task's work.
pub(crate) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A task's number; none is used twice in a run.
pub(crate) type TaskId = usize;

/// Every task of a run.
#[derive(Default)]
pub(crate) struct Tasks {
    all: Vec<Option<Task>>,
    ready: Vec<TaskId>,
    woken: Arc<Woken>,
    /// Work of killed tasks, to be dropped where nothing is locked: dropping may run anything.
    dead: Vec<Work>,
}

struct Task {
    visit: VisitId,
    work: Option<Work>,
    is_ready: bool,
}

#[derive(Default)]
struct Woken(Mutex<Vec<TaskId>>);

struct Bell {
    task: TaskId,
    woken: Arc<Woken>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.woken.0.lock().unwrap_or_else(PoisonError::into_inner).push(self.task);
    }
}

/// A task whose turn it is.
pub(crate) struct Turn {
    pub(crate) task: TaskId,
    work: Work,
    waker: Waker,
}

impl Turn {
    /// Lets it go on to its next wait. Gives the work back unless it is done.
    pub(crate) fn take(mut self) -> (TaskId, Option<Work>) {
        let mut context = Context::from_waker(&self.waker);
        match self.work.as_mut().poll(&mut context) {
            Poll::Ready(()) => (self.task, None),
            Poll::Pending => (self.task, Some(self.work)),
        }
    }
}

impl Tasks {
    /// Adds a task of `visit`.
    pub(crate) fn spawn(&mut self, visit: VisitId, work: Work) {
        self.ready.push(self.all.len());
        self.all.push(Some(Task { visit, work: Some(work), is_ready: true }));
    }

    /// The task whose turn it is: `choose` picks one of so many.
    pub(crate) fn next(&mut self, choose: impl FnOnce(usize) -> usize) -> Option<Turn> {
        self.gather();
        if self.ready.is_empty() {
            return None;
        }
        let task = self.ready.swap_remove(choose(self.ready.len()));
        let slot = self.all.get_mut(task)?.as_mut()?;
        slot.is_ready = false;
        let work = slot.work.take()?;
        let waker = Waker::from(Arc::new(Bell { task, woken: self.woken.clone() }));
        Some(Turn { task, work, waker })
    }

    /// Takes back what a turn left. Says which visit's task has ended, if it has.
    pub(crate) fn put_back(&mut self, task: TaskId, work: Option<Work>) -> Option<VisitId> {
        let slot = self.all.get_mut(task)?;
        match work {
            Some(work) => {
                slot.as_mut()?.work = Some(work);
                None
            }
            None => slot.take().map(|task| task.visit),
        }
    }

    /// Ends every task of the visits that `is_over` says it of, wherever they are.
    pub(crate) fn kill(&mut self, is_over: impl Fn(VisitId) -> bool) {
        for slot in &mut self.all {
            if slot.as_ref().is_some_and(|task| is_over(task.visit)) {
                self.dead.extend(slot.take().and_then(|task| task.work));
            }
        }
        let all = &self.all;
        self.ready.retain(|task| all.get(*task).is_some_and(Option::is_some));
    }

    /// Ends one task.
    pub(crate) fn kill_one(&mut self, task: TaskId) {
        if let Some(slot) = self.all.get_mut(task) {
            self.dead.extend(slot.take().and_then(|task| task.work));
            self.ready.retain(|ready| *ready != task);
        }
    }

    /// The work of the killed, to be dropped.
    pub(crate) fn bury(&mut self) -> Vec<Work> {
        std::mem::take(&mut self.dead)
    }

    /// The number of the task that is spawned next.
    pub(crate) fn upcoming(&self) -> TaskId {
        self.all.len()
    }

    /// Whether `visit` has a task that has not ended.
    pub(crate) fn has(&self, visit: VisitId) -> bool {
        self.all.iter().flatten().any(|task| task.visit == visit)
    }

    fn gather(&mut self) {
        let woken = std::mem::take(&mut *self.woken.0.lock().unwrap_or_else(PoisonError::into_inner));
        for task in woken {
            if let Some(Some(slot)) = self.all.get_mut(task)
                && !slot.is_ready
            {
                slot.is_ready = true;
                self.ready.push(task);
            }
        }
    }
}
