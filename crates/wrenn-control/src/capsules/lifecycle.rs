//! Pause, resume, ping.

use wrenn_api::{Capsule, CapsuleId, TeamId};
use wrenn_host::{CapsuleView, HostError};

use crate::{Control, Result, convert};

impl Control {
    /// Freezes a running capsule; `invalid_state` when it does not run. After ten seconds answers all the same, with
    /// the status so far.
    pub async fn pause_capsule(&self, team: &TeamId, id: &CapsuleId) -> Result<Capsule> {
        self.live(team, id).await?;
        let view = self.inner.host.pause(id).await;
        self.settled(team, id, view).await
    }

    /// Lets a paused capsule go on; `invalid_state` when it is not paused. After ten seconds answers all the same, with
    /// the status so far.
    pub async fn resume_capsule(&self, team: &TeamId, id: &CapsuleId) -> Result<Capsule> {
        self.live(team, id).await?;
        let view = self.inner.host.resume(id).await;
        self.settled(team, id, view).await
    }

    /// Resets a capsule's inactivity timer.
    pub async fn ping_capsule(&self, team: &TeamId, id: &CapsuleId) -> Result<()> {
        self.live(team, id).await?;
        match self.inner.host.touch(id) {
            Err(HostError::NotFound { .. }) => Err(self.not_live(team, id).await),
            touched => Ok(touched?),
        }
    }

    async fn settled(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        view: wrenn_host::Result<CapsuleView>,
    ) -> Result<Capsule> {
        match view {
            // It ended between the look and the request.
            Err(HostError::NotFound { .. }) => Err(self.not_live(team, id).await),
            view => Ok(convert::capsule(&view?)),
        }
    }
}
