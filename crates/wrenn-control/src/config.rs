//! What a control plane works with.

use std::path::PathBuf;

use wrenn_host::Runtimes;
use wrenn_network::Networks;
use wrenn_runtime::template::TemplateStore;

/// What a control plane works with.
pub struct ControlConfig {
    /// The data directory; made when missing.
    pub data_dir: PathBuf,
    /// What isolates the capsules.
    pub runtimes: Runtimes,
    /// What capsules are made from.
    pub templates: TemplateStore,
    /// Where clients reach this server, as in `http://127.0.0.1:8080`; written to `bootstrap.json`.
    pub base_url: String,
    /// Where the user ids in use are noted, the same for all servers of a machine: [`crate::DEFAULT_ID_REGISTRY`].
    pub id_registry: PathBuf,
    /// What is allowed.
    pub limits: Limits,
    /// What connects the capsules.
    pub networks: Networks,
}

/// Bounds on what capsules may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most capsules on this machine that run or are paused.
    pub max_capsules: usize,
    /// The most processors of one capsule.
    pub max_vcpus: u32,
    /// The most memory of one capsule, in MiB.
    pub max_memory_mb: u32,
    /// The most output of one foreground command that is kept for its answer, in bytes.
    pub max_output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_capsules: 1_000, max_vcpus: 64, max_memory_mb: 1024 * 1024, max_output: 64 << 20 }
    }
}
