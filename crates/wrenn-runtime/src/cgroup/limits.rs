//! What a capsule may use.

use std::path::Path;

use super::{
    group::{Group, write},
    layout::{Controller, Hierarchy},
};
use crate::error::Result;

/// The period over which processor time is shared out, in microseconds.
const PERIOD_US: u64 = 100_000;

/// The limits of a capsule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Processors, as a limit of time.
    pub(crate) vcpus: u32,
    /// Memory in bytes. There is no swap beyond it.
    pub(crate) memory_bytes: u64,
    /// Processes and threads at a time.
    pub(crate) pids: u32,
}

impl Group {
    /// Sets the limits; the group must exist.
    pub(crate) fn limit(&self, limits: Limits) -> Result<()> {
        let quota = u64::from(limits.vcpus) * PERIOD_US;
        let cpu = self.directory(Controller::Cpu);
        match self.layout.of(Controller::Cpu) {
            Hierarchy::V1(_) => {
                write(&cpu.join("cpu.cfs_period_us"), &PERIOD_US.to_string())?;
                write(&cpu.join("cpu.cfs_quota_us"), &quota.to_string())?;
            }
            Hierarchy::V2(_) => write(&cpu.join("cpu.max"), &format!("{quota} {PERIOD_US}"))?,
        }
        let memory = self.directory(Controller::Memory);
        let bytes = limits.memory_bytes.to_string();
        match self.layout.of(Controller::Memory) {
            Hierarchy::V1(_) => {
                write(&memory.join("memory.limit_in_bytes"), &bytes)?;
                write_if_there(&memory.join("memory.memsw.limit_in_bytes"), &bytes)?;
            }
            Hierarchy::V2(_) => {
                write(&memory.join("memory.max"), &bytes)?;
                write_if_there(&memory.join("memory.swap.max"), "0")?;
            }
        }
        write(&self.directory(Controller::Pids).join("pids.max"), &limits.pids.to_string())
    }
}

/// Kernels without accounting of swap lack the file, and then there is nothing to limit by it.
fn write_if_there(path: &Path, content: &str) -> Result<()> {
    if path.exists() { write(path, content) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::fake;

    const LIMITS: Limits = Limits { vcpus: 2, memory_bytes: 512 << 20, pids: 1024 };

    #[test]
    fn version_1() {
        let machine = fake::V1.build();
        for (hierarchy, file) in [
            ("cpu", "cpu.cfs_period_us"),
            ("cpu", "cpu.cfs_quota_us"),
            ("memory", "memory.limit_in_bytes"),
            ("pids", "pids.max"),
        ] {
            machine.put(hierarchy, file, "");
        }
        machine.put("memory", "memory.memsw.limit_in_bytes", "9223372036854771712");
        machine.group().limit(LIMITS).unwrap();
        assert_eq!(machine.get("cpu", "cpu.cfs_quota_us"), "200000");
        assert_eq!(machine.get("cpu", "cpu.cfs_period_us"), "100000");
        assert_eq!(machine.get("memory", "memory.limit_in_bytes"), "536870912");
        assert_eq!(machine.get("memory", "memory.memsw.limit_in_bytes"), "536870912");
        assert_eq!(machine.get("pids", "pids.max"), "1024");
    }

    #[test]
    fn version_2() {
        let machine = fake::V2.build();
        for (hierarchy, file) in [("all", "cpu.max"), ("all", "memory.max"), ("all", "pids.max")] {
            machine.put(hierarchy, file, "");
        }
        machine.put("all", "memory.swap.max", "max");
        machine.group().limit(LIMITS).unwrap();
        assert_eq!(machine.get("all", "cpu.max"), "200000 100000");
        assert_eq!(machine.get("all", "memory.max"), "536870912");
        assert_eq!(machine.get("all", "memory.swap.max"), "0");
        assert_eq!(machine.get("all", "pids.max"), "1024");
    }

    #[test]
    fn hybrid_without_swap_accounting() {
        let machine = fake::HYBRID.build();
        for (hierarchy, file) in [
            ("cpu", "cpu.cfs_period_us"),
            ("cpu", "cpu.cfs_quota_us"),
            ("memory", "memory.limit_in_bytes"),
            ("unified", "pids.max"),
        ] {
            machine.put(hierarchy, file, "");
        }
        machine.group().limit(LIMITS).unwrap();
        assert_eq!(machine.get("memory", "memory.limit_in_bytes"), "536870912");
        assert_eq!(machine.get("unified", "pids.max"), "1024");
    }
}
