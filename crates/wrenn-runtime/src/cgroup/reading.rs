//! What a capsule uses.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    group::Group,
    layout::{Controller, Hierarchy},
};
use crate::error::{Error, Result};

/// One reading of a group's counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Processor time since the group was made.
    pub(crate) cpu: Duration,
    /// Bytes of memory, without file cache that the kernel would give up first.
    pub(crate) memory_bytes: u64,
    /// Processes that were killed for want of memory.
    pub(crate) oom_kills: u64,
}

impl Group {
    /// Reads the counters.
    pub(crate) fn read(&self) -> Result<Reading> {
        let cpu = self.directory(Controller::Cpuacct);
        let cpu = match self.layout.of(Controller::Cpuacct) {
            Hierarchy::V1(_) => Duration::from_nanos(number(&cpu.join("cpuacct.usage"))?),
            Hierarchy::V2(_) => Duration::from_micros(field(&cpu.join("cpu.stat"), "usage_usec")?),
        };
        let memory = self.directory(Controller::Memory);
        let stat = memory.join("memory.stat");
        let (total, idle_cache) = match self.layout.of(Controller::Memory) {
            Hierarchy::V1(_) => {
                (number(&memory.join("memory.usage_in_bytes"))?, field(&stat, "total_inactive_file")?)
            }
            Hierarchy::V2(_) => (number(&memory.join("memory.current"))?, field(&stat, "inactive_file")?),
        };
        let oom_kills = field(&self.memory_events(), "oom_kill")?;
        Ok(Reading { cpu, memory_bytes: total.saturating_sub(idle_cache), oom_kills })
    }

    /// The file in which the kernel counts kills for want of memory.
    pub(crate) fn memory_events(&self) -> PathBuf {
        let name = match self.layout.of(Controller::Memory) {
            Hierarchy::V1(_) => "memory.oom_control",
            Hierarchy::V2(_) => "memory.events",
        };
        self.directory(Controller::Memory).join(name)
    }
}

fn number(path: &Path) -> Result<u64> {
    let text = fs::read_to_string(path).map_err(Error::file("read", path))?;
    text.trim().parse().map_err(|_| Error::malformed(path))
}

/// The value in the line that begins with `name`; older kernels lack some, which counts as none.
fn field(path: &Path, name: &str) -> Result<u64> {
    let text = fs::read_to_string(path).map_err(Error::file("read", path))?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(Ok(0), |value| value.trim().parse().map_err(|_| Error::malformed(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::fake;

    #[test]
    fn version_1() {
        let machine = fake::V1.build();
        machine.put("cpuacct", "cpuacct.usage", "1500000000\n");
        machine.put("memory", "memory.usage_in_bytes", "5000\n");
        machine.put("memory", "memory.stat", "inactive_file 7\ntotal_cache 1\ntotal_inactive_file 2000\n");
        machine.put("memory", "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
        let expected = Reading { cpu: Duration::from_millis(1500), memory_bytes: 3000, oom_kills: 3 };
        assert_eq!(machine.group().read().unwrap(), expected);
    }

    #[test]
    fn version_2() {
        let machine = fake::V2.build();
        machine.put("all", "cpu.stat", "usage_usec 2000000\nuser_usec 1\n");
        machine.put("all", "memory.current", "5000\n");
        machine.put("all", "memory.stat", "anon 1\nfile 1\ninactive_file 6000\n");
        machine.put("all", "memory.events", "low 0\noom 2\noom_kill 1\noom_group_kill 0\n");
        let expected = Reading { cpu: Duration::from_secs(2), memory_bytes: 0, oom_kills: 1 };
        assert_eq!(machine.group().read().unwrap(), expected);
    }

    #[test]
    fn a_group_that_is_gone_is_an_error_that_names_the_file() {
        let error = fake::V1.build().group().read().unwrap_err();
        assert!(error.to_string().ends_with("wrenn/cl-test/cpuacct.usage"), "{error}");
    }
}
