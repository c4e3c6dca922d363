//! Capsules as containers, through an OCI runtime's command line.
//!
//! What belongs to a capsule and where it is:
//!
//! ```text
//! <dir>/runtime/upper, work     the private layer, owned by the capsule's ids
//! <dir>/runtime/config.json     what the OCI runtime was told
//! <dir>/runtime/agent.sock      the agent's socket; the listening end was made here and is inherited by the agent
//! <dir>/runtime/init.json       the agent's process, with its start time, written when creation is through
//! <dir>/runtime/console.log     what the OCI runtime and the agent printed
//! <hierarchy>/wrenn/<id>        its control group, in each hierarchy
//! ```
//!
//! All mounts are made in a mount namespace of the creating thread (see `stage`). The capsule's own namespace is a
//! copy of that, so they vanish with the last process of the capsule and never show up in the host's mount table.
//!
//! The network namespace is the caller's. It belongs to the host's user namespace, so that nobody inside has any
//! capability over it, and `/sys`, which shows its interfaces, is mounted from outside.
//!
//! There is no limit on what the private layer may take of the disk: file systems without project quotas have none to
//! offer, and a loop device for each capsule would cost more than all the rest of a creation.

mod agent_file;
mod capabilities;
mod connect;
mod create;
mod destroy;
mod disk;
mod engine;
mod files_inside;
mod fork;
mod launch;
mod oci;
mod options;
mod paths;
mod probe;
mod program;
mod record;
#[cfg(feature = "conformance")]
mod remains;
mod seccomp;
mod shared;
mod snapshot;
mod stage;
mod stop;
mod user_namespace;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::net::UnixStream;

pub use engine::Engine;
pub use options::ContainerOptions;
pub(crate) use probe::mounts as probe_mounts;

use crate::{
    error::Result,
    network::NetworkNamespace,
    runtime::{Capabilities, CapsuleSpec, Condition, Runtime, Usage},
};
use create::PrivateLayer;
use shared::Shared;

/// Runs capsules as containers.
#[derive(Debug, Clone)]
pub struct ContainerRuntime {
    shared: Arc<Shared>,
}

impl ContainerRuntime {
    /// Prepares the runtime: looks at the machine's control groups and writes the agent below `options.root`.
    ///
    /// # Errors
    /// The OCI runtime is not installed, a control-group controller is missing, or the agent cannot be written.
    pub fn new(options: ContainerOptions) -> Result<Self> {
        Ok(Self { shared: Arc::new(Shared::new(options)?) })
    }
}

#[async_trait]
impl Runtime for ContainerRuntime {
    fn capabilities(&self) -> Capabilities {
        Capabilities::CONTAINER
    }

    async fn create(&self, spec: &CapsuleSpec, network: &NetworkNamespace) -> Result<()> {
        create::create(&self.shared, spec, network, PrivateLayer::New).await
    }

    async fn network(&self, spec: &CapsuleSpec) -> Result<NetworkNamespace> {
        stop::network(spec)
    }

    async fn connect(&self, spec: &CapsuleSpec) -> Result<UnixStream> {
        connect::connect(spec).await
    }

    async fn inspect(&self, spec: &CapsuleSpec) -> Result<Condition> {
        stop::inspect(&self.shared, spec)
    }

    async fn wait(&self, spec: &CapsuleSpec) -> Result<()> {
        stop::wait(spec).await
    }

    async fn pause(&self, spec: &CapsuleSpec) -> Result<()> {
        stop::pause(&self.shared, spec).await
    }

    async fn resume(&self, spec: &CapsuleSpec, _network: Option<&NetworkNamespace>) -> Result<()> {
        stop::resume(&self.shared, spec).await
    }

    async fn stop(&self, spec: &CapsuleSpec, grace: Duration) -> Result<()> {
        stop::stop(&self.shared, spec, grace).await
    }

    async fn destroy(&self, spec: &CapsuleSpec) -> Result<()> {
        destroy::destroy(&self.shared, spec).await
    }

    async fn snapshot(&self, spec: &CapsuleSpec, layer: &Path) -> Result<()> {
        snapshot::snapshot(spec, layer).await
    }

    async fn fork(
        &self,
        spec: &CapsuleSpec,
        into: &[(CapsuleSpec, NetworkNamespace)],
    ) -> Result<Vec<Result<()>>> {
        fork::fork(&self.shared, spec, into).await
    }

    async fn usage(&self, spec: &CapsuleSpec) -> Result<Usage> {
        disk::usage(&self.shared, spec).await
    }
}
