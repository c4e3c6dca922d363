//! The networks of all capsules of one server.

mod machine;
mod pool;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use ipnet::Ipv4Net;
use wrenn_runtime::NetworkNamespace;

use crate::{
    dns::{self, Dns},
    error::Result,
    policy::Policy,
    range::{Pair, Range},
    slot::Slot,
    traffic::{Counters, Traffic},
};
use machine::Machine;
use pool::Pool;

pub(crate) use machine::overlapping_route;

/// How capsules are connected.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    /// The addresses of capsules.
    pub range: Range,
    /// How many slots are kept ready.
    pub pool: usize,
    /// What capsules may reach of what is otherwise always refused, such as private addresses.
    pub allowed_private: Vec<Ipv4Net>,
    /// Who is asked for names; empty: whom the machine asks.
    pub resolvers: Vec<SocketAddr>,
    /// Where the servers of a machine agree on who takes the machine's rules away: [`NetworkConfig::DEFAULT_REGISTRY`].
    pub registry: PathBuf,
}

impl NetworkConfig {
    /// Where servers agree unless told otherwise.
    pub const DEFAULT_REGISTRY: &str = "/run/wrenn/net";
    /// How many slots are kept ready unless told otherwise.
    pub const DEFAULT_POOL: usize = 8;
}

/// The networks of all capsules of one server. Clones share them.
#[derive(Debug, Clone)]
pub struct Networks {
    inner: Option<Arc<Inner>>,
}

#[derive(Debug)]
struct Inner {
    machine: Machine,
    pool: Pool,
    counters: Counters,
    dns: Arc<Dns>,
    /// What the operator allows of what is otherwise refused.
    operator: Arc<[Ipv4Net]>,
}

impl Networks {
    /// Networks that reach nothing: each capsule has a loopback interface and no other.
    pub fn isolated() -> Self {
        Self { inner: None }
    }

    /// Puts the machine's rules in place and begins to prepare slots.
    ///
    /// # Errors
    /// `nft` is missing, the machine uses the range itself, or this process lacks the privilege.
    pub async fn open(config: NetworkConfig) -> Result<Self> {
        let operator: Arc<[Ipv4Net]> = Ipv4Net::aggregate(&config.allowed_private).into();
        let machine = Machine::open(&config, Arc::clone(&operator)).await?;
        let dns = Arc::new(Dns::new(config.resolvers, Arc::clone(&operator)));
        let pool = Pool::new(config.range, config.pool, Arc::clone(&operator), Arc::clone(&dns));
        let inner = Inner { machine, pool, counters: Counters::default(), dns, operator };
        Ok(Self { inner: Some(Arc::new(inner)) })
    }

    /// A slot with a policy; one that is ready when there is one.
    ///
    /// # Errors
    /// None can be made, or the kernel does not take the policy.
    pub async fn take(&self, policy: Policy) -> Result<Slot> {
        let Some(inner) = &self.inner else {
            let made = tokio::task::spawn_blocking(NetworkNamespace::loopback).await;
            let namespace = made
                .map_err(|error| crate::Error::system("make a namespace")(std::io::Error::other(error)))??;
            return Ok(Slot::new(namespace, None, policy));
        };
        let slot = inner.pool.take().await?;
        if !policy.is_default() {
            self.set_policy(&slot, policy).await?;
        }
        Ok(slot)
    }

    /// Takes over the slot of a capsule that an earlier server made.
    ///
    /// # Errors
    /// The kernel does not take the policy.
    pub async fn adopt(
        &self,
        namespace: NetworkNamespace,
        guest: Option<Ipv4Addr>,
        policy: Policy,
    ) -> Result<Slot> {
        let (Some(inner), Some(guest)) = (&self.inner, guest) else {
            return Ok(Slot::new(namespace, None, policy));
        };
        let slot = Slot::new(namespace, Some(Pair::of_guest(guest)), policy);
        slot.inner.names.reapply(slot.namespace(), &inner.operator).await?;
        // Something inside may have taken the address while there was no server. Then it can ask itself.
        if let Err(error) = dns::open(&inner.dns, &slot) {
            tracing::warn!(address = %guest, %error, "a capsule cannot ask for names");
        }
        dns::deny_now(&inner.dns, &slot).await;
        Ok(slot)
    }

    /// Puts another policy in the place of the one of a slot.
    ///
    /// # Errors
    /// The kernel does not take it; then the old one holds.
    pub async fn set_policy(&self, slot: &Slot, policy: Policy) -> Result<()> {
        slot.set_policy(policy).await?;
        if let Some(inner) = &self.inner {
            dns::deny_now(&inner.dns, slot).await;
        }
        Ok(())
    }

    /// Lets go of the slot of a capsule that has ended. With its last holder it is gone.
    pub fn close(&self, slot: &Slot) {
        slot.end_servers();
    }

    /// What went through a slot's link.
    pub fn traffic(&self, slot: &Slot) -> Traffic {
        match (&self.inner, slot.inner.pair) {
            (Some(inner), Some(pair)) => inner.counters.of(&pair.link_name()),
            _ => Traffic::default(),
        }
    }

    /// Takes away what is ready, and the machine's rules when no capsule of any server needs them: `living` are the
    /// slots of those that go on.
    pub async fn shutdown(&self, living: &[Slot]) {
        let Some(inner) = &self.inner else { return };
        inner.pool.close().await;
        if let Err(error) = inner.machine.close(living.iter().any(|slot| slot.inner.pair.is_some())).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "cannot take away the machine's network rules"
            );
        }
    }
}
