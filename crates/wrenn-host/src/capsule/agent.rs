//! What a capsule's agent is told before anybody may use it.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use wrenn_agent_proto::Init;
use wrenn_api::{CapsuleId, Timestamp};

use super::owner::Owner;
use crate::{HostError, Record, Result};

/// How long the agent may take to set itself up.
const LIMIT: Duration = Duration::from_secs(30);
/// Bytes of new random numbers for a capsule that continues an older state.
const ENTROPY: usize = 64;

impl Owner {
    /// Sets up the agent of a capsule that was just made.
    pub(super) async fn set_up_agent(&self) -> Result<()> {
        let record = self.shared.lock().record.clone();
        let refresh = self.handle.runtime.capabilities().needs_refresh;
        let defaults = &record.defaults;
        if !refresh && record.envs.is_empty() && defaults.user.is_none() && defaults.workdir.is_none() {
            return Ok(());
        }
        let init = Init {
            // Also when there are none: what it continues may have had some.
            env_vars: Some(record.envs.clone()),
            default_user: defaults.user.clone(),
            default_workdir: defaults.workdir.clone(),
            ..if refresh { fresh(&record) } else { Init::default() }
        };
        self.init(&init).await
    }

    /// Tells the agent of a capsule that was just resumed what has changed since, where it cannot know by itself.
    pub(super) async fn refresh_agent(&self) -> Result<()> {
        if !self.handle.runtime.capabilities().needs_refresh {
            return Ok(());
        }
        let record = self.shared.lock().record.clone();
        self.init(&fresh(&record)).await
    }

    async fn init(&self, init: &Init) -> Result<()> {
        let agent = |source| HostError::Agent { id: self.handle.id.clone(), source };
        let telling = async {
            match self.handle.agent.init(init).await {
                // The connection may be that of before a pause, and only now found to be gone.
                Err(_) => self.handle.agent.init(init).await,
                told => told,
            }
        };
        tokio::time::timeout(LIMIT, telling)
            .await
            .map_err(|error| agent(error.into()))?
            .map_err(|error| agent(error.into()))
    }
}

/// What no two capsules, and no two moments of one, may share.
fn fresh(record: &Record) -> Init {
    Init {
        timestamp: Some(Timestamp::now().to_string()),
        hostname: Some(record.spec.hostname.clone()),
        entropy: Some(STANDARD.encode(rand::random::<[u8; ENTROPY]>())),
        machine_id: machine_id(&record.id),
        ..Init::default()
    }
}

/// The number that the capsule's id spells, as `/etc/machine-id` has it: the same for all of its life.
fn machine_id(id: &CapsuleId) -> Option<String> {
    let (_, digits) = id.as_str().split_once('-')?;
    u128::from_str_radix(digits, 36).ok().map(|number| format!("{number:032x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_id_is_the_capsules_own() {
        let ids = [CapsuleId::generate(), CapsuleId::generate()];
        let [one, other] = ids.each_ref().map(|id| machine_id(id).unwrap());
        assert_ne!(one, other);
        for id in [one, other] {
            assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        }
    }
}
