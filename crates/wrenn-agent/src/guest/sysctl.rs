//! The limits and settings of the machine's kernel, as in containers where there is the choice.

use std::fs;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::error::BootError;

/// What the processes of containers may have open, too.
const OPEN_FILES: u64 = 1 << 20;

/// The kernel gives its first process limits that are meant to be raised.
pub(super) fn set_limits() -> Result<(), BootError> {
    let files = Rlimit { current: Some(OPEN_FILES), maximum: Some(OPEN_FILES) };
    setrlimit(Resource::Nofile, files).map_err(BootError::at("raise the limit of open files"))?;
    setrlimit(Resource::Nproc, Rlimit { current: None, maximum: None })
        .map_err(BootError::at("raise the limit of processes"))
}

/// Settings without which the machine works, too, so that what cannot be set is only told.
pub(super) fn set_kernel(threads: Option<u32>) {
    let threads = threads.map(|threads| ("kernel/threads-max", threads.to_string()));
    let others = [
        // Everybody may send pings and listen on any port.
        ("net/ipv4/ping_group_range", "0 2147483647"),
        ("net/ipv4/ip_unprivileged_port_start", "0"),
        // As distributions have it.
        ("fs/protected_hardlinks", "1"),
        ("fs/protected_symlinks", "1"),
    ];
    for (name, value) in others.into_iter().map(|(name, value)| (name, value.to_owned())).chain(threads) {
        if let Err(error) = fs::write(format!("/proc/sys/{name}"), &value) {
            tracing::warn!(%error, name, value, "cannot change a setting of the kernel");
        }
    }
}
