//! The runtimes of a host.

use std::{collections::BTreeMap, sync::Arc};

use wrenn_runtime::{Capabilities, Kind, Runtime};

use crate::{HostError, Result};

/// What isolates a host's capsules: one runtime or one of each kind. A capsule keeps that which it was made with.
#[derive(Clone)]
pub struct Runtimes {
    all: BTreeMap<Kind, Arc<dyn Runtime>>,
    default: Kind,
}

impl Runtimes {
    /// One runtime, which is the default.
    #[must_use]
    pub fn new(default: Arc<dyn Runtime>) -> Self {
        let kind = default.capabilities().kind;
        Self { all: BTreeMap::from([(kind, default)]), default: kind }
    }

    /// Offers another one too. One of the same kind takes the place of that which was there.
    #[must_use]
    pub fn and(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.all.insert(runtime.capabilities().kind, runtime);
        self
    }

    /// The kind of a capsule that asks for none.
    pub fn default_kind(&self) -> Kind {
        self.default
    }

    /// Every kind that is offered, the default first.
    pub fn kinds(&self) -> Vec<Kind> {
        let others = self.all.keys().copied().filter(|kind| *kind != self.default);
        std::iter::once(self.default).chain(others).collect()
    }

    /// The runtime of that kind, if it is offered.
    pub fn get(&self, kind: Kind) -> Option<&Arc<dyn Runtime>> {
        self.all.get(&kind)
    }

    /// What the runtime of that kind can do, or the default one.
    ///
    /// # Errors
    /// The kind is not offered.
    pub fn capabilities(&self, kind: Option<Kind>) -> Result<Capabilities> {
        Ok(self.find(kind.unwrap_or(self.default))?.capabilities())
    }

    pub(crate) fn find(&self, kind: Kind) -> Result<&Arc<dyn Runtime>> {
        self.get(kind).ok_or_else(|| HostError::NotOffered { kind, offered: self.kinds() })
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<dyn Runtime>> {
        self.all.values()
    }
}
