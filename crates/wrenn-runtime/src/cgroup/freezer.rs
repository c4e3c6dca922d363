//! Halting all processes of a capsule, and letting them go on.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use super::{
    group::{Group, write},
    layout::{Controller, Hierarchy},
};
use crate::error::{Error, Result};

/// How long all processes may take to halt. A process in the middle of a slow disk access halts only after it.
const FREEZE_LIMIT: Duration = Duration::from_secs(30);

impl Group {
    /// Halts every process and returns when all stand still.
    pub(crate) fn freeze(&self) -> Result<()> {
        let directory = self.directory(Controller::Freezer);
        let end = Instant::now() + FREEZE_LIMIT;
        loop {
            // Version 1 wants to be told again when processes were forked meanwhile.
            self.set_frozen(&directory, true)?;
            if self.is_frozen()? {
                return Ok(());
            }
            if Instant::now() > end {
                self.set_frozen(&directory, false)?;
                return Err(Error::Timeout {
                    action: "freezing all processes of the capsule",
                    limit: FREEZE_LIMIT,
                });
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    /// Lets every process go on. Of a group that is not there, none stand still.
    pub(crate) fn thaw(&self) -> Result<()> {
        let directory = self.directory(Controller::Freezer);
        if directory.exists() { self.set_frozen(&directory, false) } else { Ok(()) }
    }

    /// Whether all processes stand still.
    pub(crate) fn is_frozen(&self) -> Result<bool> {
        let directory = self.directory(Controller::Freezer);
        match self.layout.of(Controller::Freezer) {
            Hierarchy::V1(_) => Ok(read(&directory.join("freezer.state"))?.trim() == "FROZEN"),
            Hierarchy::V2(_) => {
                Ok(read(&directory.join("cgroup.events"))?.lines().any(|line| line == "frozen 1"))
            }
        }
    }

    fn set_frozen(&self, directory: &Path, frozen: bool) -> Result<()> {
        match self.layout.of(Controller::Freezer) {
            Hierarchy::V1(_) => {
                write(&directory.join("freezer.state"), if frozen { "FROZEN" } else { "THAWED" })
            }
            Hierarchy::V2(_) => write(&directory.join("cgroup.freeze"), if frozen { "1" } else { "0" }),
        }
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(Error::file("read", path))
}

#[cfg(test)]
mod tests {
    use crate::cgroup::fake;

    #[test]
    fn version_1_writes_and_reads_the_state() {
        let machine = fake::V1.build();
        machine.put("freezer", "freezer.state", "THAWED\n");
        machine.group().freeze().unwrap();
        assert_eq!(machine.get("freezer", "freezer.state"), "FROZEN");
        assert!(machine.group().is_frozen().unwrap());
        machine.group().thaw().unwrap();
        assert!(!machine.group().is_frozen().unwrap());
    }

    #[test]
    fn version_2_waits_for_the_event() {
        let machine = fake::V2.build();
        machine.put("all", "cgroup.freeze", "0");
        machine.put("all", "cgroup.events", "populated 1\nfrozen 1\n");
        machine.group().freeze().unwrap();
        assert_eq!(machine.get("all", "cgroup.freeze"), "1");
        machine.group().thaw().unwrap();
        assert_eq!(machine.get("all", "cgroup.freeze"), "0");
    }
}
