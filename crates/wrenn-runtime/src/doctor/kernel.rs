//! The kernel and what it lets us do.

use std::{fs, path::Path};

use super::{Check, disk};
use crate::{
    cgroup::{Hierarchy, Layout},
    container,
};

/// The oldest kernel whose overlays take mounts with mapped ids.
const OLDEST: (u32, u32) = (5, 19);

pub(super) fn root() -> Check {
    let uid = rustix::process::geteuid();
    if uid.is_root() {
        Check::good("root", "running as root")
    } else {
        let remedy = "run the server as root, as in `sudo wrenn serve`";
        Check::bad("root", format!("running as user {}", uid.as_raw()), remedy)
    }
}

pub(super) fn version() -> Check {
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    match parse_version(&release) {
        Some(version) if version < OLDEST => {
            Check::bad("kernel", format!("Linux {release}"), "upgrade to Linux 5.19 or later")
        }
        _ => Check::good("kernel", format!("Linux {release}")),
    }
}

fn parse_version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|character: char| !character.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

pub(super) fn user_namespaces() -> Check {
    let limit = fs::read_to_string("/proc/sys/user/max_user_namespaces");
    match limit.map(|text| text.trim().parse::<u64>()) {
        Ok(Ok(0)) => Check::bad(
            "user namespaces",
            "switched off",
            "allow them: `sysctl user.max_user_namespaces=65536`, and in /etc/sysctl.d to keep it",
        ),
        Ok(Ok(limit)) => Check::good("user namespaces", format!("up to {limit}")),
        _ => Check::bad("user namespaces", "this kernel has none", "use a kernel with CONFIG_USER_NS"),
    }
}

/// Really mounts an overlay with mapped ids on the file system that capsules will be on.
pub(super) fn mounts(data_dir: &Path) -> Check {
    let name = "overlays with mapped ids";
    let parent = disk::existing_ancestor(data_dir);
    let tried = tempfile::Builder::new()
        .prefix(".wrenn-doctor-")
        .tempdir_in(parent)
        .map_err(|error| error.to_string());
    let tried = tried.and_then(|dir| container::probe_mounts(dir.path()).map_err(|error| chain(&error)));
    match tried {
        Ok(()) => Check::good(name, format!("tried below {}", parent.display())),
        Err(error) => Check::bad(
            name,
            error,
            "put the data directory on ext4, xfs or btrfs, and run as root outside of other containers",
        ),
    }
}

pub(super) fn control_groups() -> Check {
    let name = "control groups";
    let layout = match Layout::detect() {
        Ok(layout) => layout,
        Err(error) => {
            let remedy =
                "mount the cgroup2 file system on /sys/fs/cgroup, or boot with the controller enabled";
            return Check::bad(name, chain(&error), remedy);
        }
    };
    let (v1, v2): (Vec<_>, Vec<_>) =
        layout.hierarchies().into_iter().partition(|hierarchy| matches!(hierarchy, Hierarchy::V1(_)));
    let version = match (v1.is_empty(), v2.is_empty()) {
        (true, _) => "version 2",
        (_, true) => "version 1",
        _ => "versions 1 and 2",
    };
    Check::good(name, format!("{version}, with cpu, memory, pids and freezer"))
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(parse_version("6.18.44-fc-v669"), Some((6, 18)));
        assert_eq!(parse_version("5.19-rc1"), Some((5, 19)));
        assert!(parse_version("5.10.0-1-amd64") < Some(OLDEST));
        assert_eq!(parse_version("unknown"), None);
    }
}
