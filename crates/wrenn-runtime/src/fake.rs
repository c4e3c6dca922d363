//! A runtime for tests: its capsules are entries in memory, and a test decides what fails, waits or dies.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    net::{UnixListener, UnixStream},
    sync::watch,
    task::AbortHandle,
};

use crate::{Capabilities, CapsuleSpec, Condition, Error, NetworkNamespace, Result, Runtime, Usage};

/// Something that the runtime is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// [`Runtime::create`]
    Create,
    /// [`Runtime::inspect`]
    Inspect,
    /// [`Runtime::pause`]
    Pause,
    /// [`Runtime::resume`]
    Resume,
    /// [`Runtime::snapshot`]
    Snapshot,
    /// [`Runtime::fork`]
    Fork,
    /// [`Runtime::destroy`]
    Destroy,
}

/// Answers on a listener as a capsule's agent.
type Agent = Box<dyn Fn(UnixListener) -> AbortHandle + Send + Sync>;

/// A runtime whose capsules are entries in memory. They outlive a host that is dropped, as real ones do, for as long as the
/// test keeps this.
#[derive(Default)]
pub struct FakeRuntime {
    inner: Mutex<Inner>,
    /// Counts the operations that have begun.
    begun: watch::Sender<HashMap<Operation, usize>>,
    agent: Option<Agent>,
    capabilities: Option<Capabilities>,
}

#[derive(Default)]
struct Inner {
    capsules: HashMap<String, Capsule>,
    failures: HashMap<Operation, usize>,
    holds: HashMap<Operation, watch::Receiver<bool>>,
}

struct Capsule {
    condition: watch::Sender<Condition>,
    usage: Usage,
    agent: Option<AbortHandle>,
    network: NetworkNamespace,
}

impl Drop for Capsule {
    fn drop(&mut self) {
        self.condition.send_replace(Condition::Exited);
        if let Some(agent) = &self.agent {
            agent.abort();
        }
    }
}

/// Keeps every operation of a kind from going on until it is dropped.
#[must_use]
pub struct Hold(#[expect(dead_code, reason = "its drop is what counts")] watch::Sender<bool>);

impl FakeRuntime {
    /// The same with agents that answer: `agent` is called for each capsule.
    pub fn with_agent(agent: impl Fn(UnixListener) -> AbortHandle + Send + Sync + 'static) -> Self {
        Self { agent: Some(Box::new(agent)), ..Self::default() }
    }

    /// One that passes for another kind of runtime than containers.
    #[must_use]
    pub fn with_capabilities(self, capabilities: Capabilities) -> Self {
        Self { capabilities: Some(capabilities), ..self }
    }

    /// Lets the next `times` operations of a kind fail.
    pub fn fail(&self, operation: Operation, times: usize) {
        self.lock().failures.insert(operation, times);
    }

    /// Keeps operations of a kind from going on.
    pub fn hold(&self, operation: Operation) -> Hold {
        let (hold, held) = watch::channel(true);
        self.lock().holds.insert(operation, held);
        Hold(hold)
    }

    /// How many operations of a kind have begun.
    pub fn begun(&self, operation: Operation) -> usize {
        self.begun.borrow().get(&operation).copied().unwrap_or(0)
    }

    /// Waits until so many operations of a kind have begun.
    pub async fn wait_begun(&self, operation: Operation, count: usize) {
        let mut begun = self.begun.subscribe();
        let reached = begun.wait_for(|begun| begun.get(&operation).copied().unwrap_or(0) >= count).await;
        debug_assert!(reached.is_ok(), "the sender lives as long as this");
    }

    /// Ends a capsule as if its first process had died.
    pub fn kill(&self, id: &str) {
        if let Some(capsule) = self.lock().capsules.get(id) {
            capsule.condition.send_replace(Condition::Exited);
        }
    }

    /// Sets what a capsule uses.
    pub fn set_usage(&self, id: &str, usage: Usage) {
        if let Some(capsule) = self.lock().capsules.get_mut(id) {
            capsule.usage = usage;
        }
    }

    /// What there is of a capsule.
    pub fn condition(&self, id: &str) -> Condition {
        self.lock().capsules.get(id).map_or(Condition::Missing, |capsule| *capsule.condition.borrow())
    }

    /// The capsules of which something is left, half-made ones too.
    pub fn left(&self) -> Vec<String> {
        self.lock().capsules.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits and fails as the test has it.
    async fn step(&self, operation: Operation) -> Result<()> {
        self.begun.send_modify(|begun| *begun.entry(operation).or_default() += 1);
        let held = self.lock().holds.get(&operation).cloned();
        if let Some(mut held) = held {
            // Never true again: it ends with the hold.
            held.wait_for(|held| !held).await.map(drop).unwrap_or_default();
        }
        let mut inner = self.lock();
        match inner.failures.get_mut(&operation) {
            Some(left @ 1..) => {
                *left -= 1;
                Err(Error::System {
                    action: "do as asked",
                    source: std::io::Error::other("the test wants it so"),
                })
            }
            Some(0) | None => Ok(()),
        }
    }

    fn turn(&self, spec: &CapsuleSpec, condition: Condition) -> Result<()> {
        let inner = self.lock();
        let capsule = inner.capsules.get(&spec.id).filter(|capsule| is_alive(*capsule.condition.borrow()));
        let capsule = capsule.ok_or_else(|| Error::NotRunning { id: spec.id.clone() })?;
        capsule.condition.send_replace(condition);
        Ok(())
    }
}

fn is_alive(condition: Condition) -> bool {
    matches!(condition, Condition::Running | Condition::Paused)
}

#[async_trait]
impl Runtime for FakeRuntime {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.unwrap_or(Capabilities::CONTAINER)
    }

    async fn create(&self, spec: &CapsuleSpec, network: &NetworkNamespace) -> Result<()> {
        let (condition, _) = watch::channel(Condition::Missing);
        let capsule = Capsule { condition, usage: Usage::default(), agent: None, network: network.clone() };
        self.lock().capsules.insert(spec.id.clone(), capsule);
        if let Err(error) = self.step(Operation::Create).await {
            self.lock().capsules.remove(&spec.id);
            return Err(error);
        }
        let agent = match &self.agent {
            None => None,
            Some(agent) => {
                let path = spec.dir.join("agent.sock");
                let listener = UnixListener::bind(&path).map_err(|source| Error::File {
                    action: "create",
                    path,
                    source,
                })?;
                Some(agent(listener))
            }
        };
        if let Some(capsule) = self.lock().capsules.get_mut(&spec.id) {
            capsule.agent = agent;
            capsule.condition.send_replace(Condition::Running);
        }
        Ok(())
    }

    async fn network(&self, spec: &CapsuleSpec) -> Result<NetworkNamespace> {
        let inner = self.lock();
        let capsule =
            inner.capsules.get(&spec.id).ok_or_else(|| Error::NotRunning { id: spec.id.clone() })?;
        Ok(capsule.network.clone())
    }

    async fn connect(&self, spec: &CapsuleSpec) -> Result<UnixStream> {
        let not_running = || Error::NotRunning { id: spec.id.clone() };
        let mut condition = {
            let inner = self.lock();
            let capsule = inner.capsules.get(&spec.id).ok_or_else(not_running)?;
            capsule.condition.subscribe()
        };
        if !is_alive(*condition.borrow()) {
            return Err(not_running());
        }
        if self.agent.is_some() {
            return UnixStream::connect(spec.dir.join("agent.sock")).await.map_err(|_| not_running());
        }
        let (ours, theirs) =
            UnixStream::pair().map_err(|source| Error::System { action: "connect", source })?;
        tokio::spawn(async move {
            // Silent until the capsule ends, with which the stream does.
            let _ = condition.wait_for(|condition| !is_alive(*condition)).await;
            drop(theirs);
        });
        Ok(ours)
    }

    async fn inspect(&self, spec: &CapsuleSpec) -> Result<Condition> {
        self.step(Operation::Inspect).await?;
        Ok(self.condition(&spec.id))
    }

    async fn wait(&self, spec: &CapsuleSpec) -> Result<()> {
        let condition = self.lock().capsules.get(&spec.id).map(|capsule| capsule.condition.subscribe());
        if let Some(mut condition) = condition {
            // It also ends by being removed.
            let _ = condition.wait_for(|condition| !is_alive(*condition)).await;
        }
        Ok(())
    }

    async fn pause(&self, spec: &CapsuleSpec) -> Result<()> {
        self.step(Operation::Pause).await?;
        self.turn(spec, Condition::Paused)
    }

    async fn resume(&self, spec: &CapsuleSpec, _network: Option<&NetworkNamespace>) -> Result<()> {
        self.step(Operation::Resume).await?;
        self.turn(spec, Condition::Running)
    }

    async fn stop(&self, spec: &CapsuleSpec, _grace: Duration) -> Result<()> {
        self.kill(&spec.id);
        Ok(())
    }

    async fn destroy(&self, spec: &CapsuleSpec) -> Result<()> {
        self.step(Operation::Destroy).await?;
        self.lock().capsules.remove(&spec.id);
        Ok(())
    }

    async fn snapshot(&self, spec: &CapsuleSpec, layer: &Path) -> Result<()> {
        let file = |action, source| Error::File { action, path: layer.to_owned(), source };
        std::fs::create_dir(layer).map_err(|source| file("create", source))?;
        std::fs::write(layer.join("from"), &spec.id).map_err(|source| file("write", source))?;
        if let Err(error) = self.step(Operation::Snapshot).await {
            std::fs::remove_dir_all(layer).map_err(|source| file("remove", source))?;
            return Err(error);
        }
        Ok(())
    }

    async fn fork(
        &self,
        spec: &CapsuleSpec,
        into: &[(CapsuleSpec, NetworkNamespace)],
    ) -> Result<Vec<Result<()>>> {
        self.step(Operation::Fork).await?;
        if !is_alive(self.condition(&spec.id)) {
            return Err(Error::NotRunning { id: spec.id.clone() });
        }
        let mut made = Vec::new();
        for (child, network) in into {
            made.push(self.create(child, network).await);
        }
        Ok(made)
    }

    async fn usage(&self, spec: &CapsuleSpec) -> Result<Usage> {
        let inner = self.lock();
        let capsule =
            inner.capsules.get(&spec.id).ok_or_else(|| Error::NotRunning { id: spec.id.clone() })?;
        Ok(capsule.usage)
    }
}
