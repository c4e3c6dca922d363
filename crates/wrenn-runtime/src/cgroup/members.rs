//! The processes of a group, and their end.

use std::{
    collections::BTreeSet,
    fs, io,
    path::Path,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::group::Group;
use crate::error::{Error, Result};

/// How long killed processes may take to be gone. One that writes to a slow disk dies only after that.
const KILL_LIMIT: Duration = Duration::from_secs(30);

impl Group {
    /// The ids of all processes in the group, in whichever hierarchy they are.
    pub(crate) fn members(&self) -> Result<BTreeSet<i32>> {
        let mut all = BTreeSet::new();
        for directory in self.existing() {
            collect(&directory, &mut all)?;
        }
        Ok(all)
    }

    /// Kills every process, frozen ones too, and returns when none is left.
    pub(crate) fn kill(&self) -> Result<()> {
        let end = Instant::now() + KILL_LIMIT;
        loop {
            let members = self.members()?;
            if members.is_empty() {
                return Ok(());
            }
            for pid in members {
                // A process that ended meanwhile is as good as killed; its number cannot be in use again while it
                // is listed in our group.
                let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, Signal::KILL));
            }
            // Version 1 delivers the signal to a frozen process only when it is let go.
            self.thaw()?;
            if Instant::now() > end {
                return Err(Error::Timeout {
                    action: "killing all processes of the capsule",
                    limit: KILL_LIMIT,
                });
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }
}

fn collect(directory: &Path, into: &mut BTreeSet<i32>) -> Result<()> {
    let path = directory.join("cgroup.procs");
    match fs::read_to_string(&path) {
        Ok(list) => {
            into.extend(list.lines().filter_map(|line| line.parse::<i32>().ok()).filter(|pid| *pid > 0));
        }
        // Removed meanwhile: nobody is in it.
        Err(error)
            if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ENODEV) => {}
        Err(error) => return Err(Error::file("read", &path)(error)),
    }
    let Ok(entries) = fs::read_dir(directory) else { return Ok(()) };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&entry.path(), into)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::fake;

    #[test]
    fn members_of_all_hierarchies_and_of_groups_below_are_found() {
        let machine = fake::V1.build();
        machine.group().create().unwrap();
        machine.put("pids", "cgroup.procs", "41\n42\n");
        machine.put("memory", "cgroup.procs", "42\n43\n");
        fs::create_dir_all(machine.path().join("cpu/wrenn/cl-test/below")).unwrap();
        fs::write(machine.path().join("cpu/wrenn/cl-test/below/cgroup.procs"), "44\n").unwrap();
        assert_eq!(machine.group().members().unwrap(), BTreeSet::from([41, 42, 43, 44]));
    }

    #[test]
    fn a_group_without_processes_is_killed_at_once() {
        let machine = fake::V2.build();
        machine.group().kill().unwrap();
        assert!(machine.group().members().unwrap().is_empty());
    }
}
