//! The files of one virtual machine.

use std::path::{Path, PathBuf};

use crate::runtime::CapsuleSpec;

/// Knows the names in a machine's directory: a capsule's `runtime`, or that of one that waits to become a capsule's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paths {
    dir: PathBuf,
}

impl Paths {
    pub(super) fn of(spec: &CapsuleSpec) -> Self {
        Self::at(spec.dir.join("runtime"))
    }

    pub(super) fn at(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What is known about the machine's process.
    pub(super) fn record(&self) -> PathBuf {
        self.dir.join("machine.json")
    }

    /// QEMU's monitor.
    pub(super) fn monitor(&self) -> PathBuf {
        self.dir.join("monitor.sock")
    }

    /// The way to the agent.
    pub(super) fn agent(&self) -> PathBuf {
        self.dir.join("agent.sock")
    }

    /// The file below the machine's memory, which nobody changes; shared with others by its content.
    pub(super) fn ram(&self) -> PathBuf {
        self.dir.join("ram")
    }

    /// The private disk.
    pub(super) fn disk(&self) -> PathBuf {
        self.dir.join("disk")
    }

    /// The state of the devices, when it was saved.
    pub(super) fn devices(&self) -> PathBuf {
        self.dir.join("devices")
    }

    /// The memory that differs from the file below, when it was saved.
    pub(super) fn pages(&self) -> PathBuf {
        self.dir.join("pages")
    }

    /// There if and only if the capsule is paused: vouches for the two files above.
    pub(super) fn paused(&self) -> PathBuf {
        self.dir.join("paused.json")
    }

    /// Which paused state is safely on disk.
    pub(super) fn kept(&self) -> PathBuf {
        self.dir.join("kept.json")
    }

    /// What QEMU itself prints.
    pub(super) fn log(&self) -> PathBuf {
        self.dir.join("qemu.log")
    }

    /// The last of what the guest's console printed, when a boot failed.
    pub(super) fn console(&self) -> PathBuf {
        self.dir.join("console.log")
    }
}
