//! What a capsule's policy says of names, and the addresses that were learned because of it.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ipnet::Ipv4Net;
use wrenn_runtime::NetworkNamespace;

use super::apply_in;
use crate::{
    error::{Error, Result},
    policy::{NameVerdict, Policy},
    rules,
};

/// An address may be reached for at least so long after the answer that named it, so that a program that asked has the
/// time to connect.
const LEAST: Duration = Duration::from_secs(5);
/// And for no longer than this, whatever the answer says.
const MOST: Duration = Duration::from_secs(3_600);
/// The most addresses that are kept at a time. Who can choose what a name is answered with could fill memory otherwise.
const MOST_LEARNED: usize = 4_096;

/// A capsule's policy for names.
#[derive(Debug)]
pub(crate) struct Names {
    state: Mutex<State>,
    /// Held while the kernel is told, so that it hears everything in order.
    telling: tokio::sync::Mutex<()>,
    /// Told of each new policy.
    changed: tokio::sync::Notify,
}

#[derive(Debug)]
struct State {
    policy: Arc<Policy>,
    /// The addresses of allowed names, by whose name, and until when.
    learned: HashMap<Ipv4Addr, (String, Instant)>,
}

impl Names {
    pub(crate) fn new(policy: Policy) -> Self {
        let state = State { policy: Arc::new(policy), learned: HashMap::new() };
        Self {
            state: Mutex::new(state),
            telling: tokio::sync::Mutex::default(),
            changed: tokio::sync::Notify::new(),
        }
    }

    pub(crate) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.lock().policy)
    }

    /// Returns after the policy has changed once more.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Puts another policy in the place of this one, in the kernel first. What was learned for names that the new one
    /// allows too stays.
    pub(crate) async fn set_policy(&self, namespace: &NetworkNamespace, policy: Policy) -> Result<()> {
        let _telling = self.telling.lock().await;
        let kept = {
            let now = Instant::now();
            let mut state = self.lock();
            state
                .learned
                .retain(|_, (name, until)| *until > now && policy.name(name) == NameVerdict::Allowed);
            state.learned.iter().map(|(address, (_, until))| (*address, *until - now)).collect::<Vec<_>>()
        };
        let mut commands = rules::slot_policy(&policy);
        commands.extend(rules::learned_addresses(&kept, true));
        commands.extend(rules::denied_addresses(&[], true));
        apply_in(namespace, "set a capsule's network policy", commands).await?;
        self.lock().policy = Arc::new(policy);
        self.changed.notify_waiters();
        self.changed.notify_one();
        Ok(())
    }

    /// Has the kernel take the policy that this was made with, and what the operator allows now, in a namespace that an
    /// earlier server left. What that one learned goes by itself.
    pub(crate) async fn reapply(&self, namespace: &NetworkNamespace, operator: &[Ipv4Net]) -> Result<()> {
        let _telling = self.telling.lock().await;
        let mut commands = rules::slot_operator(operator);
        commands.extend(rules::slot_policy(&self.policy()));
        apply_in(namespace, "set a capsule's network policy", commands).await
    }

    /// Lets the addresses of the allowed `name` be reached. When this returns, they can be.
    pub(crate) async fn learn(
        &self,
        namespace: &NetworkNamespace,
        name: &str,
        addresses: &[(Ipv4Addr, Duration)],
    ) -> Result<()> {
        let _telling = self.telling.lock().await;
        let new: Vec<(Ipv4Addr, Duration)> = {
            let mut state = self.lock();
            if state.policy.name(name) != NameVerdict::Allowed {
                return Ok(());
            }
            let now = Instant::now();
            state.learned.retain(|_, (_, until)| *until > now);
            let longer = addresses.iter().map(|(address, time)| (*address, (*time).clamp(LEAST, MOST)));
            // Another name, or the same one a moment ago, may have let it be reached for longer.
            let longer = longer.filter(|(address, time)| {
                state
                    .learned
                    .get(address)
                    .is_none_or(|(_, until)| *until + Duration::from_secs(1) < now + *time)
            });
            longer.collect()
        };
        if new.is_empty() {
            return Ok(());
        }
        let known = self.lock().learned.len();
        if known + new.len() > MOST_LEARNED {
            return Err(Error::TooManyAddresses { limit: MOST_LEARNED });
        }
        apply_in(namespace, "let a name be reached", rules::learned_addresses(&new, false)).await?;
        let mut state = self.lock();
        for (address, time) in new {
            state.learned.insert(address, (name.to_owned(), Instant::now() + time));
        }
        Ok(())
    }

    /// Refuses the addresses that the names denied by `policy` have now, until they are looked up again. Nothing happens
    /// when another policy holds by now, which has forgotten those of this one.
    pub(crate) async fn deny(
        &self,
        namespace: &NetworkNamespace,
        policy: &Arc<Policy>,
        addresses: &[(Ipv4Addr, Duration)],
    ) -> Result<()> {
        let _telling = self.telling.lock().await;
        if !Arc::ptr_eq(&self.lock().policy, policy) {
            return Ok(());
        }
        apply_in(namespace, "refuse the addresses of a name", rules::denied_addresses(addresses, false)).await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
