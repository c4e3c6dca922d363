//! The end of capsules.

use wrenn_api::{CapsuleId, CapsuleStatus, TeamId};
use wrenn_host::HostError;

use crate::{Control, Result, convert::no_capsule};

impl Control {
    /// Ends a capsule, whatever it does. Also answers for one that has ended.
    pub async fn destroy_capsule(&self, team: &TeamId, id: &CapsuleId) -> Result<()> {
        let capsule = self.get_capsule(team, id).await?;
        match self.inner.host.destroy(id).await {
            Ok(()) => {}
            Err(HostError::NotFound { .. }) if capsule.status == CapsuleStatus::Stopped => return Ok(()),
            Err(HostError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        // It may have failed by itself, and still shows that; whoever destroys it has seen it.
        let after = self.inner.store.find_capsule(team, id).await?;
        match after.map(|capsule| capsule.status) {
            Some(CapsuleStatus::Error | CapsuleStatus::Missing) => {
                Ok(self.inner.store.set_capsule_status(team, id, CapsuleStatus::Stopped).await?)
            }
            Some(_) => Ok(()),
            None if self.inner.host.get(id).is_ok() => Ok(()),
            // It was destroyed while its creation failed: its creator is told that it never was.
            None if capsule.status == CapsuleStatus::Starting => Ok(()),
            None => Err(no_capsule(id)),
        }
    }
}
