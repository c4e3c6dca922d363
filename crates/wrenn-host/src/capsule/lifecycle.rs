//! Pause, resume and snapshot. The owner has checked that the state allows them.

use std::path::Path;

use super::owner::Owner;
use crate::{HostError, Result, State};

impl Owner {
    pub(super) async fn pause(&mut self) -> Result<()> {
        let spec = self.shared.lock().record.spec.clone();
        let id = self.handle.id.clone();
        let paused = match self.deps.runtime.pause(&spec).await {
            Ok(()) => match self.settle(State::Paused, true).await {
                Ok(()) => return Ok(()),
                // What cannot be written down must not be so.
                Err(error) => Err(error),
            },
            Err(error) => Err(HostError::runtime("pause", &id)(error)),
        };
        if let Err(error) = self.deps.runtime.resume(&spec).await {
            tracing::error!(%id, error = &error as &dyn std::error::Error, "cannot undo a failed pause");
        }
        self.enter(State::Running);
        paused
    }

    pub(super) async fn resume(&mut self) -> Result<()> {
        let spec = self.shared.lock().record.spec.clone();
        let id = self.handle.id.clone();
        // The time of inactivity begins anew before anybody can see the capsule running.
        self.shared.touch();
        let resumed = match self.deps.runtime.resume(&spec).await {
            Ok(()) => match self.settle(State::Running, true).await {
                Ok(()) => return Ok(()),
                Err(error) => Err(error),
            },
            Err(error) => Err(HostError::runtime("resume", &id)(error)),
        };
        if let Err(error) = self.deps.runtime.pause(&spec).await {
            tracing::error!(%id, error = &error as &dyn std::error::Error, "cannot undo a failed resume");
        }
        self.enter(State::Paused);
        resumed
    }

    /// Copies the capsule's files. A running capsule is frozen meanwhile, so that they fit together; should the host
    /// be killed then, its next start thaws the capsule, because its record says that it runs.
    pub(super) async fn snapshot(&mut self, layer: &Path) -> Result<()> {
        let (spec, state) = {
            let shared = self.shared.lock();
            (shared.record.spec.clone(), shared.record.state)
        };
        let id = self.handle.id.clone();
        let runtime = &self.deps.runtime;
        let failed = HostError::runtime("take a snapshot of", &id);
        if state == State::Paused {
            return runtime.snapshot(&spec, layer).await.map_err(failed);
        }
        runtime.pause(&spec).await.map_err(HostError::runtime("pause", &id))?;
        let copied = runtime.snapshot(&spec, layer).await.map_err(failed);
        let resumed = runtime.resume(&spec).await.map_err(HostError::runtime("resume", &id));
        // The copy took its time, in which nobody could use the capsule.
        self.shared.touch();
        copied.and(resumed)
    }
}
