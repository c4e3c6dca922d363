//! Pause, resume and snapshot. The owner has checked that the state allows them.

use std::{path::Path, time::Duration};

use super::owner::Owner;
use crate::{HostError, Result, State};

/// Times that a runtime is asked again to undo something.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(50);

impl Owner {
    pub(super) async fn pause(&mut self) -> Result<()> {
        let spec = self.handle.spec();
        let id = self.handle.id.clone();
        let paused = match self.handle.runtime.pause(&spec).await {
            // What cannot be written down must not be so.
            Ok(()) => self.settle(State::Paused).await,
            Err(error) => Err(HostError::runtime("pause", &id)(error)),
        };
        if paused.is_err() {
            let thawed = self.thaw().await;
            self.enter(if thawed.is_ok() { State::Running } else { State::Paused });
        } else if !self.handle.runtime.capabilities().paused_keeps_network {
            self.disconnect();
        }
        paused
    }

    pub(super) async fn resume(&mut self) -> Result<()> {
        let spec = self.handle.spec();
        // The time of inactivity begins anew before anybody can see the capsule running.
        self.shared.touch();
        let resumed = match self.go_on().await {
            Ok(()) => self.settle(State::Running).await,
            Err(error) => Err(error),
        };
        if resumed.is_err() {
            let mut frozen = self.handle.runtime.pause(&spec).await;
            for _ in 1..ATTEMPTS {
                if frozen.is_ok() {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
                frozen = self.handle.runtime.pause(&spec).await;
            }
            self.enter(if frozen.is_ok() { State::Paused } else { State::Running });
        }
        resumed
    }

    /// Copies the capsule's files. A running capsule is frozen meanwhile, so that they fit together; should the host
    /// be killed then, its next start thaws the capsule, because its record says that it runs.
    pub(super) async fn snapshot(&mut self, layer: &Path) -> Result<()> {
        let spec = self.handle.spec();
        let state = self.shared.state();
        let id = self.handle.id.clone();
        let runtime = &self.handle.runtime;
        let pauses = state == State::Running && !runtime.capabilities().snapshots_running;
        let paused = match pauses {
            true => runtime.pause(&spec).await.map_err(HostError::runtime("pause", &id)),
            false => Ok(()),
        };
        let copied = match paused {
            Ok(()) => {
                runtime.snapshot(&spec, layer).await.map_err(HostError::runtime("take a snapshot of", &id))
            }
            Err(error) => Err(error),
        };
        if state == State::Paused || (!pauses && copied.is_ok()) {
            return copied;
        }
        let thawed = self.thaw().await;
        if thawed.is_err() {
            // It is what it is, and its client can resume it.
            self.settle(State::Paused).await?;
        }
        // The copy took its time, in which nobody could use the capsule.
        self.shared.touch();
        copied.and(thawed)
    }

    /// Lets a capsule go on that was frozen for no longer than needed.
    pub(super) async fn thaw(&self) -> Result<()> {
        let id = &self.handle.id;
        let mut attempt = 1;
        loop {
            match self.go_on().await {
                Ok(()) => return Ok(()),
                Err(error) if attempt < ATTEMPTS => {
                    tracing::warn!(%id, error = &error as &dyn std::error::Error, "cannot resume a capsule yet");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    tracing::error!(%id, error = &error as &dyn std::error::Error, "cannot resume a capsule");
                    return Err(error);
                }
            }
            attempt += 1;
        }
    }
}
