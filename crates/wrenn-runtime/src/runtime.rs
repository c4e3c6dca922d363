//! The contract between a host and whatever isolates its capsules.

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use tokio::net::UnixStream;

use crate::{error::Result, network::NetworkNamespace};

/// What a capsule is made from. Written to disk by the host before [`Runtime::create`] is called.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CapsuleSpec {
    /// The capsule's id, as in `cl-…`: names its cgroup and its directories.
    pub id: String,
    /// The capsule's own directory (`<data-dir>/capsules/<id>`); the runtime keeps its files in `runtime/` below it.
    pub dir: PathBuf,
    /// Read-only root filesystem trees, uppermost first.
    pub layers: Vec<PathBuf>,
    /// The host name inside.
    pub hostname: String,
    /// Processors, as a limit of time.
    pub vcpus: u32,
    /// Memory limit in MiB, the page cache of the capsule's files included.
    pub memory_mb: u32,
    /// The most processes and threads at a time.
    pub max_pids: u32,
    /// The first of the 65,536 host ids that the capsule's ids are mapped to.
    pub first_id: u32,
}

/// What a runtime finds when it looks at a capsule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Its processes run.
    Running,
    /// Its processes are frozen.
    Paused,
    /// It ran and has ended by itself or was killed.
    Exited,
    /// There is nothing of it, or only remains that `destroy` clears.
    Missing,
}

/// One reading of what a capsule uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Processor time since creation.
    pub cpu: Duration,
    /// Bytes of memory charged to it, reclaimable cache left out.
    pub memory_bytes: u64,
    /// Bytes that its private layer takes on disk.
    pub disk_bytes: u64,
    /// Times that the kernel killed one of its processes for want of memory.
    pub oom_kills: u64,
    /// Bytes received over the network. The host counts them; a runtime leaves them 0.
    pub net_rx_bytes: u64,
    /// Bytes sent over the network. The host counts them; a runtime leaves them 0.
    pub net_tx_bytes: u64,
}

/// The ways to isolate a capsule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// By namespaces and limits of the machine's own kernel.
    Container,
    /// As a virtual machine with its own kernel.
    Microvm,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Container, Self::Microvm];

    /// The name in the API, on the command line and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Microvm => "microvm",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What differs between runtimes; callers ask here and never guess by the kind, which is only for showing and choosing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// What the runtime is called.
    pub kind: Kind,
    /// The least memory that a capsule starts with, in MiB.
    pub min_memory_mb: u32,
    /// A paused capsule still holds its memory.
    pub paused_keeps_memory: bool,
    /// A paused capsule still holds its network, so that nothing has to be made for it when it goes on.
    pub paused_keeps_network: bool,
    /// A snapshot holds memory and processes, not only files, and only this kind of runtime can use it.
    pub snapshot_has_memory: bool,
    /// Snapshots are taken of running capsules, which the runtime halts by itself for as short as it can. Where they are not,
    /// the caller pauses the capsule for it.
    pub snapshots_running: bool,
    /// A fork holds memory and processes, not only files.
    pub forks_memory: bool,
    /// The agent is reached through one byte stream at a time, which all calls share.
    pub one_agent_connection: bool,
    /// A capsule that was created, resumed or forked continues an older state: before anybody uses it, its agent has to be
    /// told the time and its name, and be given new random numbers.
    pub needs_refresh: bool,
}

impl Capabilities {
    /// What containers can do.
    pub const CONTAINER: Self = Self {
        kind: Kind::Container,
        // Less than this and not even a shell starts.
        min_memory_mb: 32,
        paused_keeps_memory: true,
        paused_keeps_network: true,
        snapshot_has_memory: false,
        snapshots_running: false,
        forks_memory: false,
        one_agent_connection: false,
        needs_refresh: false,
    };
    /// What micro virtual machines can do.
    pub const MICROVM: Self = Self {
        kind: Kind::Microvm,
        // The kernel does not unpack itself in 72, and leaves processes 15 of 80.
        min_memory_mb: 96,
        paused_keeps_memory: false,
        paused_keeps_network: false,
        snapshot_has_memory: true,
        snapshots_running: true,
        forks_memory: true,
        one_agent_connection: true,
        needs_refresh: true,
    };
}

/// Creates, watches and ends isolated capsules on this machine.
///
/// Every method may be called by several tasks at once for different capsules; for one capsule the host calls them
/// one after the other ([`Runtime::wait`], [`Runtime::connect`], [`Runtime::usage`] and [`Runtime::inspect`] at any time).
/// Nothing about a capsule is kept in the process alone: a new process finds everything again by the same spec.
/// A dropped future leaves a state that [`Runtime::destroy`] clears.
#[async_trait]
pub trait Runtime: Send + Sync + 'static {
    /// What this runtime can and cannot do.
    fn capabilities(&self) -> Capabilities;

    /// Makes the capsule in `network` and starts its agent. When this returns, [`Runtime::connect`] succeeds.
    /// The namespace is prepared by the caller and never changed from inside: the capsule has no privilege over it.
    /// On an error nothing of the capsule is left.
    async fn create(&self, spec: &CapsuleSpec, network: &NetworkNamespace) -> Result<()>;

    /// The namespace that a running capsule is in, or a paused one that keeps it. Works for capsules that an earlier
    /// process created.
    async fn network(&self, spec: &CapsuleSpec) -> Result<NetworkNamespace>;

    /// Opens a byte stream to the agent, on which it speaks HTTP. Fails at once when the capsule does not run, which a
    /// paused one does not where it holds no memory ([`Capabilities::paused_keeps_memory`]); where it does, its stream opens
    /// but stays silent until it is resumed.
    async fn connect(&self, spec: &CapsuleSpec) -> Result<UnixStream>;

    /// Looks at what is really there.
    async fn inspect(&self, spec: &CapsuleSpec) -> Result<Condition>;

    /// Returns once the capsule has ended, for whatever reason; where a paused one holds no memory
    /// ([`Capabilities::paused_keeps_memory`]), it may return with the pause too. Works for capsules that an earlier process created.
    async fn wait(&self, spec: &CapsuleSpec) -> Result<()>;

    /// Freezes every process. Idempotent.
    async fn pause(&self, spec: &CapsuleSpec) -> Result<()>;

    /// Lets a paused capsule go on; in `network`, which is given if and only if a paused one does not keep its own
    /// ([`Capabilities::paused_keeps_network`]). Idempotent.
    async fn resume(&self, spec: &CapsuleSpec, network: Option<&NetworkNamespace>) -> Result<()>;

    /// Asks the capsule to end, and ends it after `grace`; paused capsules too. Its files stay. Idempotent.
    async fn stop(&self, spec: &CapsuleSpec, grace: Duration) -> Result<()>;

    /// Ends the capsule if it runs and removes everything of it but `spec.dir` itself. Idempotent; also clears what a
    /// creation left that was cut off at any point.
    async fn destroy(&self, spec: &CapsuleSpec) -> Result<()>;

    /// Copies the capsule's private layer into the new directory `layer`, with ids as inside the capsule, and its memory where
    /// [`Capabilities::snapshot_has_memory`] says so. The capsule is paused, or runs where
    /// [`Capabilities::snapshots_running`] allows that; then it goes on. On an error `layer` is gone.
    async fn snapshot(&self, spec: &CapsuleSpec, layer: &std::path::Path) -> Result<()>;

    /// Makes the capsules `into`, each in its namespace, as copies of `spec`, which runs or is paused: with its files, and
    /// with its memory and processes where [`Capabilities::forks_memory`] says so. Their specifications differ from the
    /// original's in id, directory, host name and first id only. The runtime halts a running original by itself for as
    /// short as it can; should it be unable to let it go on, it says so by an error. What `create` promises holds for
    /// each child whose result is `Ok`; the caller destroys the others, and all of them after an error of the whole.
    async fn fork(
        &self,
        spec: &CapsuleSpec,
        into: &[(CapsuleSpec, NetworkNamespace)],
    ) -> Result<Vec<Result<()>>>;

    /// Reads what the capsule uses now. Cheap: a few small files; `disk_bytes` may be up to a minute old.
    async fn usage(&self, spec: &CapsuleSpec) -> Result<Usage>;
}
