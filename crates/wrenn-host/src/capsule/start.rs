//! The making of a capsule.

use tokio::sync::oneshot;
use wrenn_network::Slot;

use super::owner::{Ending, Owner};
use crate::{HostError, Result, State, disk};

impl Owner {
    /// Makes the capsule, or waits until its original's owner has `made` it.
    pub(super) async fn create(
        &mut self,
        made: Option<oneshot::Receiver<Slot>>,
        reply: oneshot::Sender<Result<()>>,
    ) -> std::result::Result<(), Ending> {
        let made = tokio::select! {
            biased;
            () = self.shared.destroy.cancelled() => None,
            made = self.make(made) => Some(made),
        };
        match made {
            Some(Ok(())) => {
                reply.send(Ok(())).ok();
                Ok(())
            }
            // The creator learns of the destruction by the reply's end.
            None => Err(Ending::Destroyed),
            Some(Err(error)) => {
                let id = &self.handle.id;
                tracing::error!(%id, error = &error as &dyn std::error::Error, "cannot create a capsule");
                // Its creator is told once nothing of it is left.
                Err(Ending::NeverMade(Some((reply, error))))
            }
        }
    }

    async fn make(&self, made: Option<oneshot::Receiver<Slot>>) -> Result<()> {
        let record = self.shared.lock().record.clone();
        let id = &record.id;
        // So that a host that is killed from here on is followed by one that knows what to clear.
        disk::write_record(&record).await?;
        let slot = match made {
            Some(made) => made.await.map_err(|_| HostError::NotForked { id: id.clone() })?,
            None => {
                let _turn = self.deps.creations.acquire().await.map_err(|_| HostError::ShuttingDown)?;
                let slot = self.deps.slot(id, &record.network).await?;
                let (runtime, network) = (&self.handle.runtime, slot.namespace());
                runtime.create(&record.spec, network).await.map_err(HostError::runtime("create", id))?;
                slot
            }
        };
        self.shared.connect(slot);
        self.set_up_agent().await?;
        self.shared.touch();
        self.settle(State::Running).await
    }
}
