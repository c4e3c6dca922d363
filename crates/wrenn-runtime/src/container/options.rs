//! How a container runtime is set up.

use std::{borrow::Cow, path::PathBuf};

use super::engine::Engine;

/// What a [`ContainerRuntime`](super::ContainerRuntime) needs to know.
#[derive(Debug, Clone)]
pub struct ContainerOptions {
    /// A directory of the runtime's own, for what all capsules share.
    pub root: PathBuf,
    /// The OCI runtime.
    pub engine: Engine,
    /// The program, looked up in `PATH` unless it is a path.
    pub program: PathBuf,
    /// The agent: a static executable that is run with `--fd N`, the number of its listening socket.
    pub agent: Cow<'static, [u8]>,
    /// The control group below which each capsule has its own.
    pub cgroup_parent: String,
}

impl ContainerOptions {
    /// The usual set-up: `crun`, with files in `root` and `agent`, the agent's executable, in each capsule.
    pub fn new(root: impl Into<PathBuf>, agent: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            root: root.into(),
            engine: Engine::Crun,
            program: PathBuf::from(Engine::Crun.program()),
            agent: agent.into(),
            cgroup_parent: String::from("wrenn"),
        }
    }

    /// Chooses the OCI runtime, by its usual program.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self.program = PathBuf::from(engine.program());
        self
    }
}
