//! The owner task.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};
use wrenn_api::OnTimeout;
use wrenn_network::Slot;
use wrenn_runtime::CapsuleSpec;

use super::{Deps, Handle, Reply, Request, death, startup};
use crate::{HostError, Result, Startup, State, activity::Shared, disk, record};

/// Where an owner takes its capsule over.
pub(crate) enum Begin {
    /// It has to be made.
    Create {
        /// Answered once it runs.
        reply: Reply,
    },
    /// It is being made by its original's owner.
    Fork {
        /// Is sent its network once it is made, and dropped when it cannot be.
        made: oneshot::Receiver<Slot>,
        /// Answered once it runs.
        reply: Reply,
    },
    /// It is there, in the state of its record.
    Adopt,
    /// It is there, and was paused without having been asked to be.
    Resume,
    /// It has to go.
    End(Ending),
}

/// How a capsule's life ends.
pub(crate) enum Ending {
    /// Somebody wants it gone.
    Destroyed,
    /// It died by itself, or could not be made.
    Failed(String),
    /// It was never more than half made. Whoever waits for it is told why.
    NeverMade(Option<(Reply, HostError)>),
}

/// What the owner does next.
enum Next {
    Request(Request),
    Unused,
    Startup(Startup),
}

/// Owns one capsule.
pub(crate) struct Owner {
    pub(super) deps: Arc<Deps>,
    pub(super) handle: Handle,
    pub(super) shared: Arc<Shared>,
    requests: mpsc::Receiver<Request>,
}

impl Owner {
    pub(crate) fn new(deps: Arc<Deps>, handle: Handle, requests: mpsc::Receiver<Request>) -> Self {
        Self { deps, shared: Arc::clone(&handle.shared), handle, requests }
    }

    /// Lives as long as the capsule.
    pub(crate) async fn run(mut self, begin: Begin) {
        let ending = match begin {
            Begin::Create { reply } => match self.create(None, reply).await {
                Ok(()) => self.live().await,
                Err(ending) => ending,
            },
            Begin::Fork { made, reply } => match self.create(Some(made), reply).await {
                Ok(()) => self.live().await,
                Err(ending) => ending,
            },
            Begin::Adopt => {
                self.deps.observer.changed(&self.shared.view());
                self.live().await
            }
            Begin::Resume => {
                if let Err(error) = self.resume().await {
                    let id = &self.handle.id;
                    tracing::error!(%id, error = &error as &dyn std::error::Error, "cannot resume a capsule");
                    // It is what it is, and its client can resume it.
                    self.deps.observer.changed(&self.shared.view());
                }
                self.live().await
            }
            Begin::End(ending) => ending,
        };
        self.end(ending).await;
    }

    /// Answers requests until the capsule's end.
    async fn live(&mut self) -> Ending {
        let shared = Arc::clone(&self.shared);
        let spec = shared.lock().record.spec.clone();
        let mut startup = startup::Watch::begin(&self.handle);
        let mut death = self.death(&spec);
        loop {
            let next = tokio::select! {
                biased;
                () = shared.destroy.cancelled() => return Ending::Destroyed,
                () = &mut death => return Ending::Failed("it ended by itself".to_owned()),
                Some(request) = self.requests.recv() => Next::Request(request),
                startup = startup.next() => Next::Startup(startup),
                () = unused(&shared) => Next::Unused,
            };
            let work = async {
                match next {
                    Next::Request(request) => self.answer(request).await,
                    Next::Unused => self.time_out().await,
                    Next::Startup(startup) => self.note_startup(startup).await,
                }
            };
            tokio::select! {
                biased;
                // Cuts off a long snapshot; what that leaves half done, the end clears.
                () = shared.destroy.cancelled() => return Ending::Destroyed,
                () = work => {}
            }
            if !self.handle.runtime.capabilities().paused_keeps_memory {
                // A pause has ended its processes, and a resumption has made others.
                death = self.death(&spec);
            }
        }
    }

    /// Completes when the capsule has ended by itself; one without processes cannot.
    fn death(&self, spec: &CapsuleSpec) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        if self.shared.state() == State::Paused && !self.handle.runtime.capabilities().paused_keeps_memory {
            return Box::pin(std::future::pending());
        }
        death::watch(&self.handle.runtime, &self.handle.id, spec)
    }

    async fn answer(&mut self, request: Request) {
        let ask = request.ask();
        let state = self.shared.state();
        let Some(during) = state.asked(ask) else {
            let action = match ask {
                crate::state::Ask::Pause => "pause",
                crate::state::Ask::Resume => "resume",
                crate::state::Ask::Snapshot => "take a snapshot of",
                crate::state::Ask::Fork => "fork",
                crate::state::Ask::Network => "change the network of",
            };
            let refusal = HostError::WrongState { id: self.handle.id.clone(), action, state };
            let (Request::Pause(reply)
            | Request::Resume(reply)
            | Request::Snapshot(_, reply)
            | Request::Fork(_, reply)
            | Request::Network(_, reply)) = request;
            reply.send(Err(refusal)).ok();
            return;
        };
        // Nobody is there to be told when the client has gone; what it asked for is done all the same.
        match request {
            Request::Pause(reply) => {
                self.enter(during);
                reply.send(self.pause().await).ok();
            }
            Request::Resume(reply) => {
                self.enter(during);
                reply.send(self.resume().await).ok();
            }
            Request::Snapshot(layer, reply) => {
                reply.send(self.snapshot(&layer).await).ok();
            }
            Request::Fork(children, reply) => {
                reply.send(self.fork(children).await).ok();
            }
            Request::Network(policy, reply) => {
                reply.send(self.set_network(policy).await).ok();
            }
        }
    }

    /// Pauses or destroys the capsule, unless somebody began to use it at the last moment.
    async fn time_out(&mut self) {
        let on_timeout;
        let timeout;
        {
            let mut shared = self.shared.lock();
            timeout = Duration::from_secs(shared.record.timeout_sec.into());
            if shared.idle_since().is_none_or(|since| since + timeout > Instant::now()) {
                return;
            }
            if shared.record.on_timeout == OnTimeout::Pause {
                // In the same breath, so that no new use slips in between.
                shared.record.state = State::Pausing;
            }
            on_timeout = shared.record.on_timeout;
        }
        let id = self.handle.id.clone();
        match on_timeout {
            OnTimeout::Destroy => {
                tracing::info!(%id, ?timeout, "a capsule was not used for its time and is destroyed");
                self.shared.request_destroy("it was not used for its timeout");
            }
            OnTimeout::Pause => {
                tracing::info!(%id, ?timeout, "a capsule was not used for its time and is paused");
                if let Err(error) = self.pause().await {
                    tracing::error!(%id, error = &error as &dyn std::error::Error, "cannot pause an unused capsule");
                    // Not again at once.
                    self.shared.touch();
                }
            }
        }
    }

    /// Writes down how far the start command is, and then shows it.
    async fn note_startup(&self, startup: Startup) {
        let id = &self.handle.id;
        if let Some(reason) = startup.failure() {
            tracing::warn!(%id, reason, "a capsule's start command failed");
        }
        let mut record = self.shared.lock().record.clone();
        record.start = startup;
        match disk::write_record(&record).await {
            Ok(()) => disk::sync_record_soon(&record.spec.dir),
            // What matters is the capsule; after a restart the command is looked at again.
            Err(error) => {
                tracing::error!(%id, error = &error as &dyn std::error::Error, "cannot note a start command");
            }
        }
        self.shared.lock().record.start = record.start;
        self.deps.observer.changed(&self.shared.view());
    }

    /// Shows a state on the way to another, which is not worth writing down.
    pub(super) fn enter(&self, state: State) {
        let mut shared = self.shared.lock();
        shared.record.state = state;
        shared.record.last_updated = record::now();
        drop(shared);
        self.shared.moved.notify_waiters();
    }

    /// Writes a state down, and then shows it.
    pub(super) async fn settle(&self, state: State) -> Result<()> {
        let mut record = self.shared.lock().record.clone();
        record.state = state;
        record.last_updated = record::now();
        if state == State::Running {
            record.started_at.get_or_insert(record.last_updated);
        }
        disk::write_record(&record).await?;
        disk::sync_record_soon(&record.spec.dir);
        {
            let mut shared = self.shared.lock();
            shared.pauses += u64::from(state == State::Paused);
            shared.record = record;
        }
        self.shared.moved.notify_waiters();
        self.deps.observer.changed(&self.shared.view());
        Ok(())
    }
}

/// Returns once the capsule was unused for its timeout while it ran; never when it has none.
async fn unused(shared: &Shared) {
    loop {
        let (timeout, idle_since) = {
            let shared = shared.lock();
            let seconds = shared.record.timeout_sec;
            if seconds == 0 || shared.record.state != State::Running {
                // The owner asks again after every request.
                (None, None)
            } else {
                (Some(Duration::from_secs(seconds.into())), shared.idle_since())
            }
        };
        match (timeout, idle_since) {
            (None, _) => return std::future::pending().await,
            (Some(_), None) => shared.unused.notified().await,
            (Some(timeout), Some(since)) if since + timeout <= Instant::now() => return,
            (Some(timeout), Some(since)) => sleep_until(since + timeout).await,
        }
    }
}
