//! Finds what is left of a capsule; for tests.

use std::fs;

use super::{ContainerRuntime, paths::Paths, record, user_namespace::IDS};
use crate::runtime::CapsuleSpec;

impl ContainerRuntime {
    /// Names everything that there still is of the capsule on this machine: files, control groups, mounts, processes.
    pub fn remains(&self, spec: &CapsuleSpec) -> Vec<String> {
        let mut found = Vec::new();
        let runtime = Paths::of(spec).runtime().to_owned();
        if runtime.exists() {
            found.push(format!("directory {}", runtime.display()));
        }
        let groups = self.shared.group(&spec.id).existing();
        found.extend(groups.iter().map(|group| format!("control group {}", group.display())));
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let dir = spec.dir.display().to_string();
        let mounts = mounts.lines().filter(|line| line.contains(&dir) || line.contains(&spec.id));
        found.extend(mounts.map(|line| format!("mount {line}")));
        found.extend(processes(spec));
        found
    }

    /// The number of the capsule's first process.
    pub fn first_process(&self, spec: &CapsuleSpec) -> Option<i32> {
        record::read(spec).ok().flatten().map(|process| process.pid)
    }
}

fn processes(spec: &CapsuleSpec) -> Vec<String> {
    let ids = spec.first_id..=spec.first_id + (IDS - 1);
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        let uid = status
            .lines()
            .find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().next()?.parse().ok());
        let dead = status.contains("\nState:\tZ");
        if !dead && uid.is_some_and(|uid: u32| ids.contains(&uid)) {
            found.push(format!("process {}", status.lines().take(6).collect::<Vec<_>>().join(" ")));
        }
    }
    found
}
