//! The note that says which process a machine is, written before it runs.

use serde::{Deserialize, Serialize};

use super::{file, memory::Below, paths::Paths, saved::Platform};
use crate::{error::Result, process::Process};

/// A machine's process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) process: Process,
    /// The name of its control group.
    pub(super) group: String,
    /// What a state of it can be restored by, as it was when it was started.
    pub(super) platform: Platform,
    /// The file below its memory.
    pub(super) below: Below,
    /// Whether it has everything that it needs and was told to run.
    pub(super) runs: bool,
    /// Processor time in nanoseconds that the capsule had used before this process.
    pub(super) cpu_before_ns: u64,
}

impl Record {
    pub(super) fn read(paths: &Paths) -> Result<Option<Self>> {
        file::read(&paths.record())
    }

    pub(super) fn write(&self, paths: &Paths) -> Result<()> {
        // A machine does not outlive a loss of power.
        file::write_volatile(&paths.record(), self)
    }
}
