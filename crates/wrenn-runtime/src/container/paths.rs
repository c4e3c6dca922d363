//! The files of one capsule.

use std::path::{Path, PathBuf};

use crate::runtime::CapsuleSpec;

/// Knows the names in a capsule's `runtime` directory.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    runtime: PathBuf,
}

impl Paths {
    pub(super) fn of(spec: &CapsuleSpec) -> Self {
        Self { runtime: spec.dir.join("runtime") }
    }

    /// The directory itself, which is the OCI bundle too.
    pub(super) fn runtime(&self) -> &Path {
        &self.runtime
    }

    /// The private layer.
    pub(super) fn upper(&self) -> PathBuf {
        self.runtime.join("upper")
    }

    /// What overlayfs needs beside it.
    pub(super) fn work(&self) -> PathBuf {
        self.runtime.join("work")
    }

    pub(super) fn config(&self) -> PathBuf {
        self.runtime.join("config.json")
    }

    /// What the OCI runtime notes for itself.
    pub(super) fn engine_state(&self) -> PathBuf {
        self.runtime.join("engine")
    }

    pub(super) fn pid_file(&self) -> PathBuf {
        self.runtime.join("init.pid")
    }

    pub(super) fn record(&self) -> PathBuf {
        self.runtime.join("init.json")
    }

    pub(super) fn console(&self) -> PathBuf {
        self.runtime.join("console.log")
    }

    pub(super) const SOCKET: &str = "agent.sock";
}
