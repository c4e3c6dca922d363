//! Looking at one capsule.

use wrenn_api::{Capsule, CapsuleId, TeamId};

use crate::{
    Control, Result,
    convert::{self, no_capsule},
};

impl Control {
    /// Looks at a capsule, also at one that has stopped.
    pub async fn get_capsule(&self, team: &TeamId, id: &CapsuleId) -> Result<Capsule> {
        if let Ok(view) = self.inner.host.get(id) {
            if view.record.team_id != *team {
                return Err(no_capsule(id));
            }
            return Ok(convert::capsule(&view));
        }
        self.inner.store.find_capsule(team, id).await?.ok_or_else(|| no_capsule(id))
    }
}
