//! Which capsule a session is about, and for whom.

use wrenn_agent_proto::AgentError;
use wrenn_api::{CapsuleId, TeamId};
use wrenn_control::Caller;

use crate::{app::App, error::Result, ws::Upgrade};

/// Which capsule a session is about, and for whom.
pub(crate) struct Target {
    /// The server.
    pub(crate) app: App,
    /// The team that the client acts for.
    pub(crate) team: TeamId,
    /// The capsule.
    pub(crate) id: CapsuleId,
}

impl Target {
    /// A caller's capsule.
    pub(crate) fn new(app: App, caller: Caller, id: CapsuleId) -> Self {
        Self { app, team: caller.team_id, id }
    }

    /// Refuses an upgrade when it is known already that nothing can come of it: such an answer is easier to understand
    /// for a client than a WebSocket that closes at once.
    pub(crate) async fn check(app: &App, upgrade: &Upgrade, id: &CapsuleId) -> Result<()> {
        if let Some(caller) = upgrade.caller() {
            app.control.check_running(&caller.team_id, id).await?;
        }
        Ok(())
    }

    /// Tells why the agent's side of a session failed.
    pub(crate) async fn explain(&self, error: &AgentError) -> String {
        if let AgentError::Refused { message, .. } = error {
            return message.clone();
        }
        match self.app.control.check_running(&self.team, &self.id).await {
            Err(refusal) => refusal.message().to_owned(),
            Ok(()) => {
                tracing::warn!(%error, capsule = %self.id, "a stream of a running capsule broke");
                "The connection to the capsule was lost. Connect again; the process may still run.".to_owned()
            }
        }
    }
}
