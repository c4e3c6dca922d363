//! Looks on the host for what a capsule may have left: processes, control groups, mounts, directories.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What was found of one capsule, each line naming one thing. Empty is what a test wants.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Leaks(pub Vec<String>);

impl Leaks {
    /// Searches the whole machine for anything that names the capsule `id`, and its directory below `data_dir`.
    pub fn of(id: &str, data_dir: &Path) -> Self {
        let mut found = Vec::new();
        found.extend(cgroups(id));
        found.extend(mounts(id));
        found.extend(processes(id));
        let dir = data_dir.join("capsules").join(id);
        for part in ["runtime", "agent.sock"] {
            if dir.join(part).exists() {
                found.push(format!("path {}", dir.join(part).display()));
            }
        }
        Self(found)
    }
}

fn cgroups(id: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<(PathBuf, u32)> = vec![("/sys/fs/cgroup".into(), 0)];
    while let Some((dir, depth)) = open.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for entry in entries.flatten() {
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if !is_dir {
                continue;
            }
            if entry.file_name().to_string_lossy().contains(id) {
                found.push(format!("cgroup {}", entry.path().display()));
            } else if depth < 5 {
                open.push((entry.path(), depth + 1));
            }
        }
    }
    found
}

fn mounts(id: &str) -> Vec<String> {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    table.lines().filter(|line| line.contains(id)).map(|line| format!("mount {line}")).collect()
}

/// Processes that run in the capsule's control group or mount namespace, or whose command line names it.
fn processes(id: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let this = std::process::id().to_string();
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == this || !name.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let cgroup = fs::read_to_string(entry.path().join("cgroup")).unwrap_or_default();
        let mounts = fs::read_to_string(entry.path().join("mountinfo")).unwrap_or_default();
        if cgroup.contains(id) || mounts.contains(id) {
            let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            found.push(format!("process {name}: {}", String::from_utf8_lossy(&command).replace('\0', " ")));
        }
    }
    found
}
