//! Capsules as virtual machines, one QEMU process each.
//!
//! What belongs to a capsule and where it is:
//!
//! ```text
//! <dir>/runtime/machine.json    the process, with its start time and its control group, and whether it was halted
//! <dir>/runtime/ram             the file below its memory, which nobody changes; shared with others by its content
//! <dir>/runtime/disk            the private disk
//! <dir>/runtime/monitor.sock    QEMU's monitor
//! <dir>/runtime/agent.sock      the agent's port
//! <dir>/runtime/devices, pages  the state of devices and of memory, of a paused capsule
//! <dir>/runtime/paused.json     there if and only if it is paused
//! <dir>/runtime/paused.used     the same of a pause that is over; removed once the machine runs
//! <dir>/runtime/kept.json       which paused state is safely on disk
//! <dir>/runtime/qemu.log        what QEMU itself prints
//! <dir>/runtime/console.log     the last of what the guest's console printed, when a boot failed
//! <root>/{spares,scratch}/*/owner.json  which server's a machine is that is no capsule's
//! <hierarchy>/wrenn/<group>     its control group, in each hierarchy
//! ```
//!
//! A machine's state is that of its devices (a fifth of a megabyte at most, which QEMU writes and loads), of its memory and
//! of its disk. Memory is saved from outside: see `memory`. So the same three steps make a template's saved machine, a
//! pause, a snapshot and a fork; and the same three a creation and a resumption.

mod base;
mod boot;
mod checksum;
mod connect;
mod create;
mod destroy;
mod end;
mod evict;
mod file;
mod fork;
pub mod guest;
mod halt;
pub mod image;
mod machine;
mod memory;
mod once;
mod options;
mod paths;
mod pause;
mod plan;
mod probe;
mod provision;
mod qemu;
mod qmp;
mod record;
#[cfg(feature = "conformance")]
mod remains;
mod restore;
mod resume;
mod saved;
mod scratch;
mod shared;
mod slot;
mod snapshot;
mod spares;
mod start;
mod stop;
mod tap;
mod tool;
mod usage;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::net::UnixStream;

pub(crate) use base::is_machine;
pub use machine::Accelerator;
pub use options::{DEFAULT_CACHE, DEFAULT_PROGRAM, MicrovmOptions};
pub use probe::probe_kvm;

use crate::{
    error::Result,
    network::NetworkNamespace,
    runtime::{Capabilities, CapsuleSpec, Condition, Runtime, Usage},
};
use shared::{Shared, blocking};

/// Runs capsules as virtual machines.
#[derive(Debug, Clone)]
pub struct MicrovmRuntime {
    shared: Arc<Shared>,
}

impl MicrovmRuntime {
    /// Prepares the runtime: looks at the machine's control groups and at QEMU, and clears what a killed server left.
    ///
    /// # Errors
    /// QEMU is not installed, a control-group controller is missing, or a directory cannot be made.
    pub fn new(options: MicrovmOptions) -> Result<Self> {
        Ok(Self { shared: Arc::new(Shared::new(options)?) })
    }

    /// Does `work` with the capsule's lock, where blocking is no harm, to its end even when the caller goes away.
    async fn locked<T, F>(&self, spec: &CapsuleSpec, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Shared, &CapsuleSpec) -> Result<T> + Send + 'static,
    {
        let guard = self.shared.locks.lock(&spec.id).await;
        let (shared, spec) = (Arc::clone(&self.shared), spec.clone());
        blocking(move || {
            let _guard = guard;
            work(&shared, &spec)
        })
        .await
    }
}

#[async_trait]
impl Runtime for MicrovmRuntime {
    fn capabilities(&self) -> Capabilities {
        Capabilities::MICROVM
    }

    async fn create(&self, spec: &CapsuleSpec, network: &NetworkNamespace) -> Result<()> {
        create::create(&self.shared, spec, network).await
    }

    async fn network(&self, spec: &CapsuleSpec) -> Result<NetworkNamespace> {
        slot::find(spec)
    }

    async fn connect(&self, spec: &CapsuleSpec) -> Result<UnixStream> {
        connect::connect(spec).await
    }

    async fn inspect(&self, spec: &CapsuleSpec) -> Result<Condition> {
        stop::inspect(&self.shared, spec).await
    }

    async fn wait(&self, spec: &CapsuleSpec) -> Result<()> {
        stop::wait(spec).await
    }

    async fn pause(&self, spec: &CapsuleSpec) -> Result<()> {
        self.locked(spec, pause::pause).await
    }

    async fn resume(&self, spec: &CapsuleSpec, network: Option<&NetworkNamespace>) -> Result<()> {
        let network = network.cloned();
        self.locked(spec, move |shared, spec| resume::resume(shared, spec, network.as_ref())).await
    }

    async fn stop(&self, spec: &CapsuleSpec, grace: Duration) -> Result<()> {
        stop::stop(&self.shared, spec, grace).await
    }

    async fn destroy(&self, spec: &CapsuleSpec) -> Result<()> {
        destroy::destroy(&self.shared, spec).await
    }

    async fn snapshot(&self, spec: &CapsuleSpec, layer: &Path) -> Result<()> {
        let layer = layer.to_owned();
        self.locked(spec, move |_, spec| snapshot::snapshot(spec, &layer)).await
    }

    async fn fork(
        &self,
        spec: &CapsuleSpec,
        into: &[(CapsuleSpec, NetworkNamespace)],
    ) -> Result<Vec<Result<()>>> {
        fork::fork(&self.shared, spec, into).await
    }

    async fn usage(&self, spec: &CapsuleSpec) -> Result<Usage> {
        let (shared, spec) = (Arc::clone(&self.shared), spec.clone());
        blocking(move || usage::usage(&shared, &spec)).await
    }
}
