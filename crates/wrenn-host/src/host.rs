//! The entry to the host.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, oneshot},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use wrenn_agent_proto::AgentClient;
use wrenn_api::{CapsuleId, NetworkPolicy, OnTimeout, PortsToken, TeamId, Timestamp};
use wrenn_network::{Networks, Policy};
use wrenn_runtime::{CapsuleSpec, Kind, Usage, template::Defaults};

use crate::{
    ActivityGuard, CapsuleView, HostError, Observer, Point, PortAccess, PortRules, Record, Result, Runtimes,
    Startup, State,
    activity::Shared,
    capsule::{Begin, Deps, Ending, Handle, Owner, Request},
    disk,
    ids::IdRegistry,
    metrics::{History, Sampler},
    record, recovery,
};

/// The most processes and threads in a capsule.
const MAX_PIDS: u32 = 4_096;

/// What a host works with.
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// Where the capsules' directories are, as in `<data-dir>/capsules`. Made when missing.
    pub dir: PathBuf,
    /// Where user ids in use are noted, the same for all hosts of a machine: [`crate::DEFAULT_ID_REGISTRY`].
    pub id_registry: PathBuf,
    /// The most capsules at a time.
    pub max_capsules: usize,
    /// How long a caller waits for a state to settle before it is answered all the same.
    pub settle: Duration,
    /// What connects the capsules.
    pub networks: Networks,
}

/// A capsule to make.
#[derive(Debug, Clone)]
pub struct NewCapsule {
    /// Whose it is.
    pub team_id: TeamId,
    /// The name of its template.
    pub template: String,
    /// The template's trees, uppermost first.
    pub layers: Vec<PathBuf>,
    /// What the template lets it begin with.
    pub defaults: Defaults,
    /// Processors.
    pub vcpus: u32,
    /// Memory in MiB.
    pub memory_mb: u32,
    /// Seconds of inactivity; 0: for ever.
    pub timeout_sec: u32,
    /// What happens after that.
    pub on_timeout: OnTimeout,
    /// Environment variables of every command, beside the template's.
    pub envs: BTreeMap<String, String>,
    /// Its creator's notes.
    pub metadata: BTreeMap<String, String>,
    /// What it may reach.
    pub network: NetworkPolicy,
    /// What isolates it; `None`: the host's default.
    pub runtime: Option<Kind>,
    /// Which of its ports are for its team only.
    pub private_ports: PortAccess,
}

/// The capsules of a host.
#[derive(Default)]
pub(crate) struct Capsules(RwLock<HashMap<CapsuleId, Handle>>);

impl Capsules {
    pub(crate) fn all(&self) -> Vec<Handle> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn find(&self, id: &CapsuleId) -> Result<Handle> {
        let capsules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        capsules.get(id).cloned().ok_or_else(|| HostError::NotFound { id: id.clone() })
    }

    /// Adds a capsule unless there are `limit` already.
    fn insert(&self, handle: Handle, limit: usize) -> Result<()> {
        let mut capsules = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if capsules.len() >= limit {
            return Err(HostError::Full { limit });
        }
        capsules.insert(handle.id.clone(), handle);
        Ok(())
    }

    /// Refuses `count` more capsules than `limit` allows, before anything is done for them.
    pub(crate) fn require_room(&self, count: usize, limit: usize) -> Result<()> {
        let capsules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if capsules.len().saturating_add(count) > limit {
            return Err(HostError::Full { limit });
        }
        Ok(())
    }

    pub(crate) fn remove(&self, id: &CapsuleId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// Owns the capsules of one data directory. Dropping it is like killing it: the capsules go on without an owner.
pub struct Host {
    pub(crate) config: HostConfig,
    pub(crate) deps: Arc<Deps>,
    owners: Mutex<JoinSet<()>>,
    stop: CancellationToken,
    sampler: Mutex<JoinSet<()>>,
}

impl Host {
    /// Takes over what an earlier host left: adopts capsules that run or are paused, clears half-made ones, goes on
    /// removing those that were to be removed, and reports the dead.
    pub async fn open(
        mut config: HostConfig,
        runtimes: Runtimes,
        observer: Arc<dyn Observer>,
    ) -> Result<Self> {
        disk::create_private_dir(&config.dir)?;
        config.dir = config.dir.canonicalize().map_err(HostError::file("find", &config.dir))?;
        let ids = IdRegistry::open(&config.id_registry)?;
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let deps = Arc::new(Deps {
            capsules: Capsules::default(),
            runtimes,
            observer,
            networks: config.networks.clone(),
            ids,
            creations: Semaphore::new((2 * processors).max(4)),
            settle: config.settle,
        });
        let host = Self {
            deps,
            owners: Mutex::default(),
            stop: CancellationToken::new(),
            sampler: Mutex::default(),
            config,
        };
        recovery::recover(&host, &host.deps).await?;
        let sampler = Sampler { deps: Arc::clone(&host.deps) };
        host.sampler.lock().unwrap_or_else(PoisonError::into_inner).spawn(sampler.run(host.stop.clone()));
        Ok(host)
    }

    /// Writes down what is only in memory and lets go of the capsules, which run on.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        let mut sampler = std::mem::take(&mut *self.sampler.lock().unwrap_or_else(PoisonError::into_inner));
        while sampler.join_next().await.is_some() {}
        self.abandon().await;
        let living: Vec<_> = self
            .deps
            .capsules
            .all()
            .iter()
            .filter_map(|capsule| capsule.shared.lock().slot.clone())
            .collect();
        self.deps.networks.shutdown(&living).await;
    }

    /// Lets go of the capsules at once, as if the host were killed; returns once no task of it is left.
    pub async fn abandon(&self) {
        let tasks = [&self.sampler, &self.owners]
            .map(|tasks| std::mem::take(&mut *tasks.lock().unwrap_or_else(PoisonError::into_inner)));
        for mut tasks in tasks {
            tasks.shutdown().await;
        }
    }

    /// Makes a capsule. Answers once it runs, or after [`HostConfig::settle`] with a capsule still in the making. It is
    /// made also when the caller no longer waits.
    pub async fn create(&self, new: NewCapsule) -> Result<CapsuleView> {
        let runtime = new.runtime.unwrap_or(self.deps.runtimes.default_kind());
        self.deps.runtimes.find(runtime)?;
        Policy::try_from(&new.network)?;
        let (id, dir, first_id) = self.new_place()?;
        let now = record::now();
        let spec = CapsuleSpec {
            id: id.to_string(),
            hostname: id.to_string(),
            layers: new.layers,
            vcpus: new.vcpus,
            memory_mb: new.memory_mb,
            max_pids: MAX_PIDS,
            first_id,
            dir,
        };
        let mut envs = new.defaults.envs.clone();
        envs.extend(new.envs);
        let record = Record {
            id,
            team_id: new.team_id,
            state: State::Starting,
            reason: None,
            spec,
            template: new.template,
            start: if new.defaults.start.is_some() { Startup::Pending } else { Startup::None },
            defaults: new.defaults,
            timeout_sec: new.timeout_sec,
            on_timeout: new.on_timeout,
            metadata: new.metadata,
            runtime,
            envs,
            network: new.network,
            guest_ip: None,
            host_ip: None,
            created_at: now,
            started_at: None,
            last_updated: now,
            private_ports: new.private_ports,
            ports_token: PortsToken::generate(),
        };
        let (reply, answer) = oneshot::channel();
        let handle = self.begin(record, Begin::Create { reply })?;
        match tokio::time::timeout(self.deps.settle, answer).await {
            Ok(Ok(Ok(()))) => Ok(handle.view()),
            Ok(Ok(Err(error))) => Err(error),
            Ok(Err(_)) => Err(handle.ended().await),
            Err(_) => Ok(self.announce(&handle)),
        }
    }

    /// A new id, with a directory and a range of user ids for it. From here to the owner's start there must be no waiting, so
    /// that a caller that goes away leaves nothing behind.
    pub(crate) fn new_place(&self) -> Result<(CapsuleId, PathBuf, u32)> {
        let id = CapsuleId::generate();
        let dir = self.config.dir.join(id.as_str());
        disk::create_private_dir(&dir)?;
        let first_id = self.deps.ids.claim(&dir).inspect_err(|_| drop(std::fs::remove_dir(&dir)))?;
        Ok((id, dir, first_id))
    }

    /// Starts the owner of a new capsule, whose directory and ids go again when there is no room for it.
    pub(crate) fn begin(&self, record: Record, begin: Begin) -> Result<Handle> {
        let (dir, first_id, now) = (record.spec.dir.clone(), record.spec.first_id, record.created_at);
        let shared = Shared::new(record, now, false);
        self.take_over(shared, History::default(), begin, self.config.max_capsules).inspect_err(|_| {
            self.deps.ids.release(first_id, &dir).ok();
            std::fs::remove_dir(&dir).ok();
        })
    }

    /// Shows a capsule that is still in the making.
    pub(crate) fn announce(&self, handle: &Handle) -> CapsuleView {
        handle.shared.lock().announced = true;
        self.deps.observer.changed(&handle.view());
        handle.view()
    }

    /// A capsule as it is now.
    pub fn get(&self, id: &CapsuleId) -> Result<CapsuleView> {
        self.deps.capsules.find(id).map(|capsule| capsule.view())
    }

    /// All capsules as they are now, in no order.
    pub fn list(&self) -> Vec<CapsuleView> {
        self.deps.capsules.all().iter().map(Handle::view).collect()
    }

    /// Freezes a running capsule. After [`HostConfig::settle`] answers all the same, with the state so far.
    pub async fn pause(&self, id: &CapsuleId) -> Result<CapsuleView> {
        let capsule = self.deps.capsules.find(id)?;
        capsule.ask(Some(self.deps.settle), Request::Pause).await.unwrap_or(Ok(()))?;
        Ok(capsule.view())
    }

    /// Lets a paused capsule go on. After [`HostConfig::settle`] answers all the same, with the state so far.
    pub async fn resume(&self, id: &CapsuleId) -> Result<CapsuleView> {
        let capsule = self.deps.capsules.find(id)?;
        capsule.ask(Some(self.deps.settle), Request::Resume).await.unwrap_or(Ok(()))?;
        Ok(capsule.view())
    }

    /// Copies a capsule's files into the new directory `layer`. A running capsule is frozen meanwhile.
    pub async fn snapshot(&self, id: &CapsuleId, layer: PathBuf) -> Result<()> {
        let capsule = self.deps.capsules.find(id)?;
        capsule.ask(None, |reply| Request::Snapshot(layer, reply)).await.unwrap_or(Ok(()))
    }

    /// Changes what a running or paused capsule may reach. Connections that are not allowed any more end.
    pub async fn set_network(&self, id: &CapsuleId, policy: NetworkPolicy) -> Result<CapsuleView> {
        let capsule = self.deps.capsules.find(id)?;
        capsule.ask(None, |reply| Request::Network(policy, reply)).await.unwrap_or(Ok(()))?;
        Ok(capsule.view())
    }

    /// Ends a capsule, whatever it does, and returns once nothing of it is left. Asked again, it waits again.
    pub async fn destroy(&self, id: &CapsuleId) -> Result<()> {
        let capsule = self.deps.capsules.find(id)?;
        capsule.shared.request_destroy("it was destroyed");
        capsule.gone(self.deps.settle).await
    }

    /// Notes that a capsule is in use.
    pub fn touch(&self, id: &CapsuleId) -> Result<()> {
        self.deps.capsules.find(id).map(|capsule| capsule.shared.touch())
    }

    /// The agent of a running capsule, and the guard to hold for as long as it is used.
    pub fn agent(&self, id: &CapsuleId) -> Result<(AgentClient, ActivityGuard)> {
        let capsule = self.deps.capsules.find(id)?;
        let guard = ActivityGuard::new(&capsule.shared)?;
        capsule.history().rouse();
        Ok((capsule.agent.clone(), guard))
    }

    /// Returns once a capsule can be used no more, and says why. Waiting for it is no use of the capsule.
    pub fn ended(&self, id: &CapsuleId) -> Result<impl Future<Output = String> + Send + use<>> {
        let shared = self.deps.capsules.find(id)?.shared;
        Ok(async move {
            shared.unusable.cancelled().await;
            shared.ending()
        })
    }

    /// Who may come to a capsule's ports, whatever its state.
    pub fn port_rules(&self, id: &CapsuleId) -> Result<PortRules> {
        let capsule = self.deps.capsules.find(id)?;
        let shared = capsule.shared.lock();
        Ok(PortRules::of(&shared.record))
    }

    /// What a capsule used in the last `seconds`, oldest first: in steps of half a second up to 10 minutes, of 30 s up
    /// to 2 hours, and of 5 minutes above.
    pub fn metrics(&self, id: &CapsuleId, seconds: u64) -> Result<Vec<Point>> {
        let capsule = self.deps.capsules.find(id)?;
        let now = Timestamp::now().unix_ms();
        let points = capsule.history().points(now, seconds);
        Ok(points)
    }

    /// What a capsule uses at this moment, and how often its processes were killed for want of memory when last read.
    pub async fn usage(&self, id: &CapsuleId) -> Result<(Usage, Option<u64>)> {
        let capsule = self.deps.capsules.find(id)?;
        let before = capsule.history().oom_kills();
        let mut usage =
            capsule.runtime.usage(&capsule.spec()).await.map_err(HostError::runtime("measure", id))?;
        let traffic = capsule.traffic(&self.deps);
        (usage.net_rx_bytes, usage.net_tx_bytes) = (traffic.received, traffic.sent);
        Ok((usage, before))
    }

    /// Shows a capsule to everyone, unless it never was one, and starts its owner.
    pub(crate) fn take_over(
        &self,
        shared: Shared,
        history: History,
        begin: Begin,
        limit: usize,
    ) -> Result<Handle> {
        let runtime = self.deps.runtimes.find(shared.lock().record.runtime)?;
        let (handle, requests) = Handle::new(Arc::new(shared), runtime, history);
        if !matches!(begin, Begin::End(Ending::NeverMade(None))) {
            self.deps.capsules.insert(handle.clone(), limit)?;
        }
        let owner = Owner::new(Arc::clone(&self.deps), handle.clone(), requests);
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        while owners.try_join_next().is_some() {}
        owners.spawn(owner.run(begin));
        Ok(handle)
    }

    /// What isolates this host's capsules.
    pub fn runtimes(&self) -> &Runtimes {
        &self.deps.runtimes
    }

    pub(crate) fn dir(&self) -> &std::path::Path {
        &self.config.dir
    }
}
