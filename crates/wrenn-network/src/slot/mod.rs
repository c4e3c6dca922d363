//! One slot: the network of one capsule.

mod make;
mod names;

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::task::AbortHandle;
use wrenn_runtime::NetworkNamespace;

use crate::{error::Result, policy::Policy, range::Pair, rules};

pub(crate) use make::{connect, executor, links, make};
pub(crate) use names::Names;

/// The link of a virtual machine in its slot.
pub const VM_LINK: &str = "vm0";
/// Its address in the slot, which the virtual machine takes for its gateway.
pub const VM_GATEWAY: Ipv4Addr = Ipv4Addr::new(192, 168, 127, 1);
/// The virtual machine's own address, the same in every slot.
pub const VM_GUEST: Ipv4Addr = Ipv4Addr::new(192, 168, 127, 2);

/// The network of one capsule. Clones share it. It lasts while one of them, or a process inside, does.
#[derive(Debug, Clone)]
pub struct Slot {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) namespace: NetworkNamespace,
    /// None: there is a loopback interface and no more.
    pub(crate) pair: Option<Pair>,
    pub(crate) names: Arc<Names>,
    /// The tasks that answer questions for names.
    servers: Mutex<Vec<AbortHandle>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        for server in self.servers.get_mut().unwrap_or_else(PoisonError::into_inner) {
            server.abort();
        }
    }
}

impl Slot {
    pub(crate) fn new(namespace: NetworkNamespace, pair: Option<Pair>, policy: Policy) -> Self {
        let names = Arc::new(Names::new(policy));
        Self { inner: Arc::new(Inner { namespace, pair, names, servers: Mutex::default() }) }
    }

    /// The namespace to put the capsule into.
    pub fn namespace(&self) -> &NetworkNamespace {
        &self.inner.namespace
    }

    /// The capsule's address; none when it has a loopback interface only.
    pub fn guest_ip(&self) -> Option<Ipv4Addr> {
        self.inner.pair.map(|pair| pair.guest)
    }

    /// The machine's address on the link to the capsule.
    pub fn host_ip(&self) -> Option<Ipv4Addr> {
        self.inner.pair.map(|pair| pair.host)
    }

    /// Puts another policy in the place of the one that holds. Connections that it does not allow end.
    ///
    /// # Errors
    /// The kernel does not take it; then the old one holds.
    pub async fn set_policy(&self, policy: Policy) -> Result<()> {
        if self.inner.pair.is_none() {
            // There is nothing to be reached in any case.
            return Ok(());
        }
        self.inner.names.set_policy(&self.inner.namespace, policy).await
    }

    /// Ends with the last clone of this.
    pub(crate) fn keep_server(&self, server: AbortHandle) {
        self.inner.servers.lock().unwrap_or_else(PoisonError::into_inner).push(server);
    }

    /// Stops answering questions for names.
    pub(crate) fn end_servers(&self) {
        for server in self.inner.servers.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            server.abort();
        }
    }
}

/// Has the kernel take rules in a namespace, away from the tasks.
pub(crate) async fn apply_in(
    namespace: &NetworkNamespace,
    action: &'static str,
    commands: Vec<serde_json::Value>,
) -> Result<()> {
    let namespace = namespace.clone();
    let applied =
        tokio::task::spawn_blocking(move || namespace.run(|| rules::apply(action, &commands))).await;
    applied.map_err(|error| crate::Error::system(action)(std::io::Error::other(error)))??
}
