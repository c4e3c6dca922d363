//! The filesystems that every Linux machine has.

use std::{fs, io, os::unix::fs::symlink, path::Path};

use rustix::mount::{MountFlags, mount};

use super::error::BootError;

const NO_PROGRAMS: MountFlags = MountFlags::NOSUID.union(MountFlags::NOEXEC).union(MountFlags::NODEV);

/// What the agent itself needs, in the initramfs.
pub(super) fn early() -> Result<(), BootError> {
    filesystem("proc", Path::new("/proc"), NO_PROGRAMS, "")?;
    filesystem("sysfs", Path::new("/sys"), NO_PROGRAMS, "")?;
    filesystem("devtmpfs", Path::new("/dev"), MountFlags::NOSUID, "mode=755")
}

/// All of them, below the new root.
pub(super) fn complete(root: &Path) -> Result<(), BootError> {
    let devices = root.join("dev");
    filesystem("proc", &root.join("proc"), NO_PROGRAMS, "")?;
    filesystem("sysfs", &root.join("sys"), NO_PROGRAMS, "")?;
    filesystem("cgroup2", &root.join("sys/fs/cgroup"), NO_PROGRAMS, "")?;
    filesystem("devtmpfs", &devices, MountFlags::NOSUID, "mode=755")?;
    let terminals = MountFlags::NOSUID | MountFlags::NOEXEC;
    filesystem("devpts", &devices.join("pts"), terminals, "gid=5,mode=620,ptmxmode=666")?;
    filesystem("tmpfs", &devices.join("shm"), NO_PROGRAMS, "mode=1777")?;
    filesystem("mqueue", &devices.join("mqueue"), NO_PROGRAMS, "")?;
    links(&devices).map_err(BootError::at("make the links in /dev"))
}

fn filesystem(kind: &str, at: &Path, flags: MountFlags, options: &str) -> Result<(), BootError> {
    let options = std::ffi::CString::new(options).unwrap_or_default();
    fs::create_dir_all(at)
        .and_then(|()| Ok(mount(kind, at, kind, flags, Some(options.as_c_str()))?))
        .map_err(BootError::at(format!("mount {kind} on {}", at.display())))
}

/// Names that the kernel does not make by itself.
fn links(devices: &Path) -> io::Result<()> {
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        symlink(target, devices.join(name))?;
    }
    // Where the agent looks for the count of kills for want of memory, in containers and here.
    let own = devices.join(".wrenn");
    fs::create_dir(&own)?;
    symlink("/proc/vmstat", own.join("memory-events"))
}
