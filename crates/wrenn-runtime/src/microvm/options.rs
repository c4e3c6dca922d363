//! How a runtime of virtual machines is set up.

use std::{borrow::Cow, path::PathBuf, time::Duration};

use super::machine::Accelerator;

/// What a [`MicrovmRuntime`](super::MicrovmRuntime) needs to know.
#[derive(Debug, Clone)]
pub struct MicrovmOptions {
    /// A directory of the runtime's own, on the file system of the capsules' directories.
    pub root: PathBuf,
    /// A directory for what all data directories of the machine share: saved machines of templates.
    pub cache: PathBuf,
    /// What executes the guests' instructions.
    pub accelerator: Accelerator,
    /// QEMU, as an absolute path below `/usr`.
    pub program: PathBuf,
    /// The agent: a static executable.
    pub agent: Cow<'static, [u8]>,
    /// The control group below which each machine has its own.
    pub cgroup_parent: String,
    /// How long a boot may take before it counts as hung and is tried again. Software emulation needs a few seconds on an
    /// idle machine.
    pub boot_limit: Duration,
    /// How much a private disk may hold, in MiB. It takes only what is written to it.
    pub disk_mb: u32,
    /// How many processes wait to become the next capsules of each of the templates that were used last.
    pub spares: usize,
    /// Whether a template that is used for the first time with some size is saved for the next time.
    pub saves_templates: bool,
}

/// Where saved machines of templates are kept unless told otherwise.
pub const DEFAULT_CACHE: &str = "/var/cache/wrenn/microvm";

/// QEMU, where Debian's package has it.
pub const DEFAULT_PROGRAM: &str = "/usr/bin/qemu-system-x86_64";

impl MicrovmOptions {
    /// The usual set-up, with files in `root` and `agent`, the agent's executable, in each guest.
    pub fn new(
        root: impl Into<PathBuf>,
        accelerator: Accelerator,
        agent: impl Into<Cow<'static, [u8]>>,
    ) -> Self {
        Self {
            root: root.into(),
            cache: PathBuf::from(DEFAULT_CACHE),
            accelerator,
            program: PathBuf::from(DEFAULT_PROGRAM),
            agent: agent.into(),
            cgroup_parent: String::from("wrenn"),
            boot_limit: Duration::from_secs(60),
            disk_mb: 10_240,
            spares: 1,
            saves_templates: true,
        }
    }
}
