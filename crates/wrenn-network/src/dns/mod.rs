//! Names for capsules: the server answers in each slot, from what the machine's own resolvers say.
//!
//! A name that the policy does not allow does not exist for the capsule. Addresses that no capsule may reach are left out
//! of answers, and so are those of IPv6, which capsules do not have. When a name is allowed while most others are not,
//! its addresses may be reached from the moment on that the answer is sent.

mod message;
mod resolvers;
mod server;
mod upstream;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use ipnet::Ipv4Net;

use crate::{blocked, policy::NameVerdict, slot::Slot};
use message::{Question, Trouble};
use resolvers::Resolvers;

pub(crate) use server::open;
use upstream::Transport;

/// Where capsules ask for names: an address on the loopback interface of every slot.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 1, 53);

/// The most names of a policy that are looked up at a time because they are denied.
const DENY_AT_ONCE: usize = 64;
/// How long the look-up of one of them may take before the policy holds all the same.
const DENY_LIMIT: Duration = Duration::from_secs(3);
/// How often they are looked up again.
const DENY_AGAIN: Duration = Duration::from_secs(30);

/// What all slots ask.
#[derive(Debug)]
pub(crate) struct Dns {
    resolvers: Resolvers,
    operator: Arc<[Ipv4Net]>,
}

impl Dns {
    /// Asks `fixed`, or the machine's own resolvers when there is none.
    pub(crate) fn new(fixed: Vec<SocketAddr>, operator: Arc<[Ipv4Net]>) -> Self {
        Self { resolvers: Resolvers::new(fixed), operator }
    }

    /// Answers a question of the capsule in `slot`'s namespace. `None`: it is none.
    async fn answer(&self, slot: &server::Asker, query: &[u8], transport: Transport) -> Option<Vec<u8>> {
        let question = Question::parse(query)?;
        let verdict = slot.names.policy().name(&question.name);
        if verdict == NameVerdict::Denied {
            return message::trouble(query, Trouble::NoSuchName);
        }
        let response = match upstream::ask(&self.resolvers.list(), query, &question, transport).await {
            Ok(response) => response,
            Err(error) => {
                tracing::debug!(name = question.name, %error, "cannot look up a name for a capsule");
                return message::trouble(query, Trouble::Failed);
            }
        };
        let screened = message::screen(response, |address| blocked::is_blocked(address, &self.operator))?;
        if verdict == NameVerdict::Allowed && !screened.addresses.is_empty() {
            let learned = slot.names.learn(&slot.namespace, &question.name, &screened.addresses).await;
            if let Err(error) = learned {
                tracing::warn!(%error, "cannot let a capsule reach an allowed name");
                return message::trouble(query, Trouble::Failed);
            }
        }
        Some(screened.bytes)
    }

    /// Looks up the names that the slot's policy denies, and refuses their addresses.
    pub(crate) async fn deny(&self, slot: &server::Asker) {
        let policy = slot.names.policy();
        // Each has its own time, so that a slow one does not let the others be reached.
        let mut lookups = Vec::new();
        for name in policy.deny.exact_names() {
            lookups.push(self.addresses_in_time(name));
        }
        let found: Vec<_> = stream::iter(lookups).buffer_unordered(DENY_AT_ONCE).collect().await;
        // Until the next look and the one after that.
        let addresses: Vec<_> =
            found.into_iter().flatten().map(|address| (address, 3 * DENY_AGAIN)).collect();
        if !addresses.is_empty()
            && let Err(error) = slot.names.deny(&slot.namespace, &policy, &addresses).await
        {
            tracing::warn!(%error, "cannot refuse the addresses of a denied name");
        }
    }

    async fn addresses_in_time(&self, name: &str) -> Vec<Ipv4Addr> {
        let found = tokio::time::timeout(DENY_LIMIT, self.addresses(name)).await;
        found.unwrap_or_else(|_| {
            tracing::debug!(name, "cannot look up a denied name in time");
            Vec::new()
        })
    }

    async fn addresses(&self, name: &str) -> Vec<Ipv4Addr> {
        let Some(query) = message::query(name) else { return Vec::new() };
        let Some(question) = Question::parse(&query) else { return Vec::new() };
        let asked = upstream::ask(&self.resolvers.list(), &query, &question, Transport::Udp).await;
        let screened = asked.ok().and_then(|response| message::screen(response, |_| false));
        screened.map_or_else(Vec::new, |screened| {
            screened.addresses.into_iter().map(|(address, _)| address).collect()
        })
    }
}

/// Looks up the names that a slot's policy denies, if there are any.
pub(crate) async fn deny_now(dns: &Dns, slot: &Slot) {
    let asker = server::Asker::of(slot);
    if asker.names.policy().deny.exact_names().next().is_some() {
        dns.deny(&asker).await;
    }
}
