//! The network of a capsule: taken when it is made or goes on, changed while it lives, given back at its end.

use std::sync::Arc;

use wrenn_api::{CapsuleId, NetworkPolicy};
use wrenn_network::{Policy, Slot, Traffic};
use wrenn_runtime::{CapsuleSpec, Runtime};

use super::{Deps, Handle, owner::Owner};
use crate::{HostError, Record, Result, activity::Shared, disk};

impl Deps {
    /// A network for a capsule.
    pub(crate) async fn slot(&self, id: &CapsuleId, policy: &NetworkPolicy) -> Result<Slot> {
        let policy = Policy::try_from(policy)?;
        self.networks.take(policy).await.map_err(HostError::network("make", id))
    }

    /// Lets a paused capsule go on: in its network, in `slot`, or in a new one. Returns the one that it has then, if it is
    /// not the one that it kept.
    pub(crate) async fn resume(
        &self,
        runtime: &Arc<dyn Runtime>,
        id: &CapsuleId,
        spec: &CapsuleSpec,
        policy: &NetworkPolicy,
        slot: Option<Slot>,
    ) -> Result<Option<Slot>> {
        let slot = match (runtime.capabilities().paused_keeps_network, slot) {
            (true, _) => None,
            (false, Some(slot)) => Some(slot),
            (false, None) => Some(self.slot(id, policy).await?),
        };
        let namespace = slot.as_ref().map(Slot::namespace);
        runtime.resume(spec, namespace).await.map_err(HostError::runtime("resume", id))?;
        Ok(slot)
    }

    /// Takes over the network of a capsule that an earlier host made. Without it the capsule still runs, its rules are
    /// still kept, and it is only not told names.
    pub(crate) async fn adopt_slot(&self, runtime: &Arc<dyn Runtime>, record: &Record) -> Option<Slot> {
        let adopted = async {
            let namespace = runtime
                .network(&record.spec)
                .await
                .map_err(HostError::runtime("find the network of", &record.id))?;
            let policy = Policy::try_from(&record.network)?;
            let slot = self.networks.adopt(namespace, record.guest_ip, policy).await;
            slot.map_err(HostError::network("take over", &record.id))
        };
        match adopted.await {
            Ok(slot) => Some(slot),
            Err(error) => {
                let id = &record.id;
                tracing::error!(%id, error = &error as &dyn std::error::Error, "cannot take over a capsule's network");
                None
            }
        }
    }
}

impl Shared {
    /// Notes which network the capsule has now.
    pub(crate) fn connect(&self, slot: Slot) {
        let mut inner = self.lock();
        inner.record.guest_ip = slot.guest_ip();
        inner.record.host_ip = slot.host_ip();
        inner.slot = Some(slot);
    }
}

impl Handle {
    /// What went through the capsule's networks.
    pub(crate) fn traffic(&self, deps: &Deps) -> Traffic {
        let (slot, carried) = {
            let inner = self.shared.lock();
            (inner.slot.clone(), inner.carried)
        };
        slot.map_or(carried, |slot| carried + deps.networks.traffic(&slot))
    }
}

impl Owner {
    /// Has the capsule's processes go on, with an agent that knows what it missed.
    pub(super) async fn go_on(&self) -> Result<()> {
        let spec = self.handle.spec();
        let (policy, slot) = {
            let inner = self.shared.lock();
            (inner.record.network.clone(), inner.slot.clone())
        };
        let runtime = &self.handle.runtime;
        if let Some(slot) = self.deps.resume(runtime, &self.handle.id, &spec, &policy, slot).await? {
            self.shared.connect(slot);
        }
        self.refresh_agent().await
    }

    /// Gives the network back.
    pub(super) fn disconnect(&self) {
        let traffic = self.handle.traffic(&self.deps);
        let mut inner = self.shared.lock();
        if let Some(slot) = inner.slot.take() {
            inner.carried = traffic;
            self.deps.networks.close(&slot);
        }
    }

    /// Puts another policy in the place of the capsule's. When it cannot be written down, the old one holds.
    pub(super) async fn set_network(&self, policy: NetworkPolicy) -> Result<()> {
        let id = &self.handle.id;
        let checked = Policy::try_from(&policy)?;
        let (slot, mut record) = {
            let inner = self.shared.lock();
            (inner.slot.clone(), inner.record.clone())
        };
        if let Some(slot) = &slot {
            self.deps.networks.set_policy(slot, checked).await.map_err(HostError::network("change", id))?;
        }
        let before = std::mem::replace(&mut record.network, policy.clone());
        if let Err(error) = disk::write_record(&record).await {
            if let (Some(slot), Ok(before)) = (&slot, Policy::try_from(&before))
                && let Err(second) = self.deps.networks.set_policy(slot, before).await
            {
                tracing::error!(%id, error = &second as &dyn std::error::Error, "cannot restore a network policy");
            }
            return Err(error);
        }
        disk::sync_record_soon(&record.spec.dir);
        self.shared.lock().record.network = policy;
        Ok(())
    }
}
