//! All processes that calls started: those that run, and for a while those that ended.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use connectrpc::ConnectError;
use rustix::process::Signal;
use tokio::sync::Notify;

use super::{
    children::Children,
    finished::Finished,
    oom::OomKills,
    running::{Process, Request},
    selector::Selector,
    spawn::{Plan, SpawnError},
};

/// The processes of one agent; clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Processes {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    running: Mutex<BTreeMap<u32, Arc<Process>>>,
    finished: Finished,
    children: Children,
    oom: OomKills,
    /// One of the running ended.
    retired: Notify,
}

/// Why a process was not started.
#[derive(Debug)]
pub(super) enum StartError {
    TagTaken(String),
    Spawn(SpawnError),
}

impl Processes {
    /// The child processes behind them, for process 1 to collect the others.
    pub(crate) fn children(&self) -> &Children {
        &self.inner.children
    }

    /// Starts a process. It is found from now on, and nothing of its output is lost to a reader made before the next
    /// await.
    pub(super) fn start(&self, plan: Plan, request: Request) -> Result<Arc<Process>, StartError> {
        // Held over the spawn, so that a tag is taken by one only.
        let mut running = self.lock();
        if let Some(tag) = &request.tag
            && running.values().any(|process| process.tag() == Some(tag))
        {
            return Err(StartError::TagTaken(tag.clone()));
        }
        let spawned = plan.spawn(&self.inner.children).map_err(StartError::Spawn)?;
        let (process, run) = Process::new(spawned, request);
        running.insert(process.pid(), Arc::clone(&process));
        drop(running);
        tokio::spawn({
            let (processes, process) = (self.clone(), Arc::clone(&process));
            async move {
                let end = run.until_end(&processes.inner.oom).await;
                // Not found as running any more when its readers learn of the end.
                processes.retire(&process);
                process.finish(end).await;
            }
        });
        Ok(process)
    }

    /// The one that runs.
    pub(super) fn find(&self, selector: &Selector) -> Result<Arc<Process>, ConnectError> {
        let running = self.lock();
        let found = match selector {
            Selector::Pid(pid) => running.get(pid),
            Selector::Tag(tag) => running.values().find(|process| process.tag() == Some(tag)),
        };
        found.cloned().ok_or_else(|| selector.not_found())
    }

    /// The one that runs, or that ended lately.
    pub(super) fn find_to_read(&self, selector: &Selector) -> Result<Arc<Process>, ConnectError> {
        self.find(selector).or_else(|error| self.inner.finished.find(selector).ok_or(error))
    }

    /// Those that run, by id.
    pub(super) fn list(&self) -> Vec<Arc<Process>> {
        self.lock().values().cloned().collect()
    }

    /// Signals all that run.
    pub(crate) fn signal_all(&self, signal: Signal) {
        for process in self.list() {
            process.signal(signal);
        }
    }

    /// Completes once none runs.
    pub(crate) async fn until_none(&self) {
        loop {
            let retired = self.inner.retired.notified();
            tokio::pin!(retired);
            retired.as_mut().enable();
            if self.is_empty() {
                return;
            }
            retired.await;
        }
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn retire(&self, process: &Arc<Process>) {
        let mut running = self.lock();
        running.remove(&process.pid());
        self.inner.finished.add(Arc::clone(process));
        drop(running);
        self.inner.retired.notify_waiters();
        self.inner.finished.tidy_later();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<Process>>> {
        self.inner.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
