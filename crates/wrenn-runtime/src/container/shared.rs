//! What all operations of one runtime share.

use std::{path::PathBuf, sync::Arc};

use tokio::sync::Semaphore;

use super::{agent_file, disk::DiskCache, engine::Engine, options::ContainerOptions, program::Program};
use crate::{
    cgroup::{Group, Layout},
    error::Result,
    lock::Locks,
};

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) engine: Engine,
    pub(super) program: Program,
    pub(super) agent: PathBuf,
    pub(super) locks: Locks,
    pub(super) disk: DiskCache,
    /// More creations at once than this only make each other slower.
    pub(super) creations: Arc<Semaphore>,
    layout: Arc<Layout>,
    cgroup_parent: String,
}

impl Shared {
    pub(super) fn new(options: ContainerOptions) -> Result<Self> {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            engine: options.engine,
            program: Program::find(options.engine, &options.program)?,
            agent: agent_file::install(&options.root, &options.agent)?,
            locks: Locks::default(),
            disk: DiskCache::default(),
            creations: Arc::new(Semaphore::new(processors * 2)),
            layout: Arc::new(Layout::detect()?),
            cgroup_parent: options.cgroup_parent,
        })
    }

    /// The control group of the capsule `id`.
    pub(super) fn group(&self, id: &str) -> Group {
        Group::new(Arc::clone(&self.layout), &self.cgroup_parent, id)
    }
}
