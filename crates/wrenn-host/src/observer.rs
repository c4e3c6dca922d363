//! Who is told what happens to capsules.

use async_trait::async_trait;

use crate::CapsuleView;

/// Why an observer could not take note.
pub type ObserverError = Box<dyn std::error::Error + Send + Sync>;

/// Is told what happens to a host's capsules; for one capsule in order and never twice at a time.
#[async_trait]
pub trait Observer: Send + Sync + 'static {
    /// The capsule has come to a new state, or was adopted from an earlier host. Has to return at once.
    fn changed(&self, capsule: &CapsuleView);

    /// The capsule has ended; `state` says how. Once this returns, the host forgets it. On an error the host keeps what
    /// it knows until its next start, and then tells again.
    async fn ended(&self, capsule: &CapsuleView) -> Result<(), ObserverError>;
}
