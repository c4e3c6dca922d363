//! The way into a running capsule.

use wrenn_agent_proto::{AgentClient, AgentError};
use wrenn_api::{CapsuleId, ErrorCode, TeamId};
use wrenn_host::{ActivityGuard, CapsuleView, HostError};

use crate::{Control, ControlError, Result, convert::no_capsule};

/// How long after a lost connection the capsule's own end may become known.
const LAST_WORDS: std::time::Duration = std::time::Duration::from_secs(1);

impl Control {
    /// The agent of a team's running capsule; `invalid_state` when it does not run. The capsule counts as used for as
    /// long as the guard is held, and [`ActivityGuard::ended`] tells when it ends.
    pub async fn agent(&self, team: &TeamId, id: &CapsuleId) -> Result<(AgentClient, ActivityGuard)> {
        self.live(team, id).await?;
        match self.inner.host.agent(id) {
            Err(HostError::NotFound { .. }) => Err(self.not_live(team, id).await),
            answer => Ok(answer?),
        }
    }

    /// Checks that a team's capsule runs.
    pub async fn check_running(&self, team: &TeamId, id: &CapsuleId) -> Result<()> {
        self.agent(team, id).await.map(drop)
    }

    /// A team's capsule that the host has.
    pub(crate) async fn live(&self, team: &TeamId, id: &CapsuleId) -> Result<CapsuleView> {
        match self.inner.host.get(id) {
            Ok(view) if view.record.team_id == *team => Ok(view),
            Ok(_) => Err(no_capsule(id)),
            Err(_) => Err(self.not_live(team, id).await),
        }
    }

    /// Why the host does not have a capsule: it has ended, or there never was one.
    pub(crate) async fn not_live(&self, team: &TeamId, id: &CapsuleId) -> ControlError {
        match self.inner.store.find_capsule(team, id).await {
            Ok(None) => no_capsule(id),
            Ok(Some(capsule)) => ControlError::new(
                ErrorCode::InvalidState,
                format!("Capsule {id} is {}. Create a new one.", capsule.status),
            ),
            Err(error) => error.into(),
        }
    }
}

/// Waits for the agent, but no longer than the capsule lives: its end is the better explanation.
pub(crate) async fn during<T>(
    guard: &ActivityGuard,
    call: impl Future<Output = std::result::Result<T, AgentError>>,
) -> std::result::Result<T, AgentError> {
    let error = tokio::select! {
        biased;
        result = call => match result {
            Ok(value) => return Ok(value),
            Err(error) => error,
        },
        reason = guard.ended() => return Err(ended(&reason)),
    };
    match error {
        AgentError::Unreachable(_) | AgentError::ConnectionLost { .. } => {
            match tokio::time::timeout(LAST_WORDS, guard.ended()).await {
                Ok(reason) => Err(ended(&reason)),
                Err(_) if guard.was_paused() => Err(paused()),
                Err(_) => Err(error),
            }
        }
        AgentError::Refused { .. } | AgentError::Malformed { .. } | AgentError::Body { .. } => Err(error),
    }
}

fn paused() -> AgentError {
    AgentError::Refused {
        code: wrenn_agent_proto::ErrorCode::FailedPrecondition,
        message: String::from(
            "The capsule was paused meanwhile. Resume it and try again; what was asked may have been done.",
        ),
    }
}

fn ended(reason: &str) -> AgentError {
    AgentError::Refused {
        code: wrenn_agent_proto::ErrorCode::FailedPrecondition,
        message: format!("The capsule has ended: {reason}. Create a new one."),
    }
}
