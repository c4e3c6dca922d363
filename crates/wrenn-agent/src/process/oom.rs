//! Tells a kill for want of memory from any other, by the counter of the capsule's own cgroup or kernel.

use std::{fs, sync::Mutex};

use crate::guest;

/// Where the counter may be: where a container's host puts it, then version 2 and version 1 of control groups as seen
/// inside a namespace of theirs.
const FILES: [&str; 3] =
    ["/dev/.wrenn/memory-events", "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"];
/// Where it is in a virtual machine, whose kernel kills for nobody else.
const FILE_IN_GUEST: &str = "/proc/vmstat";

/// Kills that the kernel counted, and those that an exit status has been explained with.
#[derive(Debug)]
pub(super) struct OomKills {
    explained: Mutex<u64>,
}

impl Default for OomKills {
    fn default() -> Self {
        Self { explained: Mutex::new(counted()) }
    }
}

impl OomKills {
    /// Whether the kernel killed a process for want of memory that no exit was explained with yet. The kernel does not
    /// say which one it was.
    pub(super) fn explain(&self) -> bool {
        let mut explained = self.explained.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let counted = counted();
        let more = counted > *explained;
        if more {
            *explained += 1;
        }
        more
    }
}

/// Zero where the capsule does not see its cgroup.
fn counted() -> u64 {
    let files = if guest::is_first_process() { &[FILE_IN_GUEST][..] } else { &FILES };
    files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .find_map(|text| parse(&text))
        .unwrap_or_default()
}

fn parse(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn all_kinds_are_read() {
        assert_eq!(parse("low 0\nhigh 0\noom 3\noom_kill 2\noom_group_kill 0\n"), Some(2));
        assert_eq!(parse("oom_kill_disable 0\nunder_oom 0\noom_kill 7\n"), Some(7));
        assert_eq!(parse("oom_kill_disable 0\nunder_oom 0\n"), None);
        assert_eq!(parse("numa_miss 0\noom_kill 3\nnr_pages 1\n"), Some(3));
    }
}
