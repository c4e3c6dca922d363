//! One capsule: a handle for everyone, and the owner task behind it.
//!
//! The owner does one request at a time, in the order of its queue. Only destruction does not wait in line: it cuts off
//! whatever is being done.

mod agent;
mod death;
mod end;
mod fork;
mod lifecycle;
mod network;
mod owner;
mod start;
mod startup;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};
use wrenn_agent_proto::AgentClient;
use wrenn_api::{CapsuleId, NetworkPolicy};
use wrenn_network::Networks;
use wrenn_runtime::{CapsuleSpec, Runtime};

use crate::{
    CapsuleView, HostError, Observer, Result, Runtimes, State, activity::Shared, host::Capsules,
    ids::IdRegistry, metrics::History, state::Ask,
};

pub(crate) use fork::Child;
pub(crate) use owner::{Begin, Ending, Owner};

/// What every owner works with.
pub(crate) struct Deps {
    pub(crate) capsules: Capsules,
    pub(crate) runtimes: Runtimes,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) networks: Networks,
    pub(crate) ids: IdRegistry,
    /// Creations that the runtime does at a time; more would only slow each other down.
    pub(crate) creations: tokio::sync::Semaphore,
    /// How long a caller waits for a state to settle.
    pub(crate) settle: Duration,
}

pub(crate) type Reply = oneshot::Sender<Result<()>>;

/// What stands in the queue.
pub(crate) enum Request {
    Pause(Reply),
    Resume(Reply),
    Snapshot(PathBuf, Reply),
    Fork(Vec<Child>, Reply),
    Network(NetworkPolicy, Reply),
}

impl Request {
    fn ask(&self) -> Ask {
        match self {
            Self::Pause(_) => Ask::Pause,
            Self::Resume(_) => Ask::Resume,
            Self::Snapshot(..) => Ask::Snapshot,
            Self::Fork(..) => Ask::Fork,
            Self::Network(..) => Ask::Network,
        }
    }
}

/// A capsule, for everyone but its owner.
#[derive(Clone)]
pub(crate) struct Handle {
    pub(crate) id: CapsuleId,
    pub(crate) shared: Arc<Shared>,
    /// Its own runtime.
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) agent: AgentClient,
    history: Arc<Mutex<History>>,
    queue: mpsc::Sender<Request>,
    spec: Arc<CapsuleSpec>,
    saved_activity: Arc<AtomicI64>,
}

impl Handle {
    pub(crate) fn new(
        shared: Arc<Shared>,
        runtime: &Arc<dyn Runtime>,
        history: History,
    ) -> (Self, mpsc::Receiver<Request>) {
        let record = shared.lock().record.clone();
        let (queue, requests) = mpsc::channel(64);
        let spec = Arc::new(record.spec);
        let (dialling, dialled) = (Arc::clone(runtime), Arc::clone(&spec));
        let dial = move || {
            let (runtime, spec) = (Arc::clone(&dialling), Arc::clone(&dialled));
            async move { runtime.connect(&spec).await.map_err(std::io::Error::other) }
        };
        let agent = match runtime.capabilities().one_agent_connection {
            true => AgentClient::over_one_connection(dial),
            false => AgentClient::new(dial),
        };
        let history = Arc::new(Mutex::new(history));
        let saved_activity = Arc::default();
        let runtime = Arc::clone(runtime);
        (Self { id: record.id, shared, runtime, agent, history, queue, spec, saved_activity }, requests)
    }

    /// What was measured of it. Held briefly.
    pub(crate) fn history(&self) -> std::sync::MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the owner, and waits for the answer, but not for longer than `limit`. `None`: it is still at it.
    pub(crate) async fn ask(
        &self,
        limit: Option<Duration>,
        request: impl FnOnce(Reply) -> Request,
    ) -> Option<Result<()>> {
        let (reply, answer) = oneshot::channel();
        let answer = async {
            if self.queue.send(request(reply)).await.is_err() {
                return Err(self.ended().await);
            }
            match answer.await {
                Ok(answer) => answer,
                Err(_) => Err(self.ended().await),
            }
        };
        match limit {
            Some(limit) => tokio::time::timeout(limit, answer).await.ok(),
            None => Some(answer.await),
        }
    }

    /// Waits until nothing of the capsule is left.
    pub(crate) async fn gone(&self, limit: Duration) -> Result<()> {
        tokio::time::timeout(limit, self.shared.gone.cancelled())
            .await
            .map_err(|_| HostError::Stuck { id: self.id.clone(), waited: limit })
    }

    pub(crate) fn view_state(&self) -> State {
        self.shared.state()
    }

    pub(crate) fn spec(&self) -> Arc<CapsuleSpec> {
        Arc::clone(&self.spec)
    }

    /// When a capsule with a timeout was last used, in milliseconds since 1970, if that has not been asked since.
    pub(crate) fn unsaved_activity(&self) -> Option<i64> {
        let (timeout, at) = {
            let shared = self.shared.lock();
            (shared.record.timeout_sec, shared.last_active_at().unix_ms())
        };
        (timeout > 0 && self.saved_activity.swap(at, Ordering::Relaxed) != at).then_some(at)
    }

    pub(crate) fn view(&self) -> CapsuleView {
        self.shared.view()
    }

    /// The owner dropped a request: because the capsule ends, or because the host does.
    pub(crate) async fn ended(&self) -> HostError {
        if self.shared.unusable.is_cancelled() || self.shared.destroy.is_cancelled() {
            return HostError::Ended { id: self.id.clone(), reason: self.shared.ending() };
        }
        HostError::ShuttingDown
    }
}
