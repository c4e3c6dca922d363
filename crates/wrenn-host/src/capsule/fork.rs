//! Copies of a running or paused capsule. The original's owner has the runtime make them all; each then has an owner of its
//! own, which takes it over from there.

use tokio::sync::oneshot;
use wrenn_api::CapsuleId;
use wrenn_network::Slot;
use wrenn_runtime::CapsuleSpec;

use super::owner::Owner;
use crate::{HostError, Result, State};

/// A copy to be made.
pub(crate) struct Child {
    pub(crate) id: CapsuleId,
    pub(crate) spec: CapsuleSpec,
    /// Tells the copy's owner that the runtime has made it, in this network. Dropped: that it has not, and that what there is has to go.
    pub(crate) made: oneshot::Sender<Slot>,
}

impl Owner {
    /// Makes all of them or, as far as anybody sees, none.
    pub(super) async fn fork(&mut self, children: Vec<Child>) -> Result<()> {
        let state = self.shared.state();
        let forked = self.make_copies(&children).await;
        let mut thawed = Ok(());
        if forked.is_err() && state == State::Running {
            thawed = self.thaw().await;
            if thawed.is_err() {
                // It is what it is, and its client can resume it.
                self.settle(State::Paused).await?;
            }
        }
        // Nobody could use the capsule for a moment.
        self.shared.touch();
        let slots = forked.and_then(|slots| thawed.map(|()| slots))?;
        for (child, slot) in children.into_iter().zip(slots) {
            // An owner that does not listen is clearing its copy away, because somebody wants it destroyed already.
            child.made.send(slot).ok();
        }
        Ok(())
    }

    /// Returns the networks of the copies, which have the policy of their original.
    async fn make_copies(&self, children: &[Child]) -> Result<Vec<Slot>> {
        let id = &self.handle.id;
        let _turn = self.deps.creations.acquire().await.map_err(|_| HostError::ShuttingDown)?;
        let policy = self.shared.lock().record.network.clone();
        let mut slots = Vec::with_capacity(children.len());
        let mut into = Vec::with_capacity(children.len());
        for child in children {
            let slot = self.deps.slot(&child.id, &policy).await?;
            into.push((child.spec.clone(), slot.namespace().clone()));
            slots.push(slot);
        }
        let spec = self.handle.spec();
        let made = self.handle.runtime.fork(&spec, &into).await.map_err(HostError::runtime("fork", id))?;
        for (child, made) in children.iter().zip(made) {
            made.map_err(HostError::runtime("start", &child.id))?;
        }
        Ok(slots)
    }
}
