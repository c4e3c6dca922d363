//! Machines that never become capsules.

use std::{path::PathBuf, sync::Arc};

use super::{end, paths::Paths, shared::Shared, spares, start};
use crate::error::Result;

/// A directory for such a machine, which is gone afterwards with all that there is of the machine; also when the server
/// stops meanwhile.
#[derive(Debug)]
pub(super) struct Scratch {
    shared: Arc<Shared>,
    paths: Paths,
    name: String,
}

impl Scratch {
    /// Makes one with a name that begins with `what`.
    pub(super) fn new(shared: &Arc<Shared>, what: &str) -> Result<Self> {
        let name = format!("{what}-{}", uuid::Uuid::new_v4().simple());
        let paths = Paths::at(shared.scratch_dir().join(&name));
        let scratch = Self { shared: Arc::clone(shared), paths, name };
        start::make_dir(&scratch.paths)?;
        spares::own(&scratch.paths)?;
        Ok(scratch)
    }

    /// What the machine's control group must be called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A place for the machine, where nothing is yet.
    pub(super) fn machine(&self) -> PathBuf {
        self.paths.dir().join("machine")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Self { shared, paths, name } = self;
        if let Err(error) = end::clear(shared, paths, name) {
            tracing::warn!(name, %error, "cannot clear a virtual machine that was needed only for a while");
        }
    }
}
