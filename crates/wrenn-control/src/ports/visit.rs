//! Who may come to a port.

use wrenn_api::CapsuleId;
use wrenn_host::ActivityGuard;

use crate::{Control, Result};

/// A visitor at a capsule's port. The capsule counts as used for as long as this is held.
pub struct PortVisit {
    guard: ActivityGuard,
}

impl Control {
    /// Lets a visitor come to a port of a running capsule.
    pub async fn visit_port(&self, id: &CapsuleId, _port: u16) -> Result<PortVisit> {
        let (_, guard) = self.inner.host.agent(id)?;
        Ok(PortVisit { guard })
    }
}

impl PortVisit {
    /// Returns once the capsule ends or is paused, and says which: nothing more comes from its ports then.
    pub async fn interrupted(&self) -> String {
        self.guard.interrupted().await
    }
}
