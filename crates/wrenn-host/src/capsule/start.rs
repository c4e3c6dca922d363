//! The making of a capsule.

use std::{collections::BTreeMap, time::Duration};

use tokio::sync::oneshot;
use wrenn_agent_proto::Init;

use super::owner::{Ending, Owner};
use crate::{HostError, Result, State, disk};

/// How long the agent may take to set itself up.
const INIT_LIMIT: Duration = Duration::from_secs(10);

impl Owner {
    pub(super) async fn create(
        &mut self,
        envs: BTreeMap<String, String>,
        reply: oneshot::Sender<Result<()>>,
    ) -> std::result::Result<(), Ending> {
        let made = tokio::select! {
            biased;
            () = self.shared.destroy.cancelled() => None,
            made = self.make(envs) => Some(made),
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

    async fn make(&self, envs: BTreeMap<String, String>) -> Result<()> {
        let record = self.shared.lock().record.clone();
        let id = &record.id;
        // So that a host that is killed from here on is followed by one that knows what to clear.
        disk::write_record(&record).await?;
        {
            let _turn = self.deps.creations.acquire().await.map_err(|_| HostError::ShuttingDown)?;
            let network = self.deps.network(id).await?;
            self.handle
                .runtime
                .create(&record.spec, &network)
                .await
                .map_err(HostError::runtime("create", id))?;
        }
        let defaults = record.defaults;
        if !envs.is_empty() || defaults.user.is_some() || defaults.workdir.is_some() {
            let init = Init {
                env_vars: Some(envs),
                default_user: defaults.user,
                default_workdir: defaults.workdir,
                ..Init::default()
            };
            let agent = |source| HostError::Agent { id: id.clone(), source };
            tokio::time::timeout(INIT_LIMIT, self.handle.agent.init(&init))
                .await
                .map_err(|error| agent(error.into()))?
                .map_err(|error| agent(error.into()))?;
        }
        self.shared.touch();
        self.settle(State::Running).await
    }
}
