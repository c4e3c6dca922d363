//! The machine's end.

use std::io;

use rustix::{
    fs::sync,
    mount::{MountFlags, mount_remount},
    system::{RebootCommand, reboot},
};

use super::boot::Machine;

/// Writes everything to disk and switches the machine off. To be called when no process is left.
///
/// # Errors
/// When the kernel refuses, which it does not to process 1.
pub fn off(machine: &Machine) -> io::Result<()> {
    sync();
    if let Err(error) = settle(machine) {
        tracing::warn!(%error, "the private disk could not be closed in order; all files are written, though");
    }
    reboot(RebootCommand::PowerOff)?;
    Ok(())
}

/// Gives up: ends the machine without anything.
pub fn restart() {
    reboot(RebootCommand::Restart).ok();
}

/// Nothing is mounted for writing any more: first the tree, then the disk that is below it.
fn settle(machine: &Machine) -> io::Result<()> {
    mount_remount("/", MountFlags::RDONLY, c"")?;
    // The disk's mount has no path any more, but through the descriptor.
    rustix::process::fchdir(&machine.private)?;
    mount_remount(".", MountFlags::RDONLY, c"")?;
    Ok(())
}
