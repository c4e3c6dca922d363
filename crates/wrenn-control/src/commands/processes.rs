//! Processes that run.

use bytes::Bytes;
use wrenn_agent_proto::{AgentError, ErrorCode as AgentCode, Selector, process};
use wrenn_api::{CapsuleId, ProcessEntry, ProcessListResponse, ProcessSelector, Signal, TeamId};

use crate::{Control, ControlError, Result, session::during};

impl Control {
    /// The processes started through the API that still run.
    pub async fn list_processes(&self, team: &TeamId, id: &CapsuleId) -> Result<ProcessListResponse> {
        let (agent, guard) = self.agent(team, id).await?;
        let processes = during(&guard, agent.list()).await?;
        let processes = processes
            .into_iter()
            .map(|process| {
                let config = process.config.into_option().unwrap_or_default();
                ProcessEntry { pid: process.pid, tag: process.tag, cmd: config.cmd, args: config.args }
            })
            .collect();
        Ok(ProcessListResponse { processes })
    }

    /// Signals a process started through the API, and all that it started.
    pub async fn kill_process(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        process: &ProcessSelector,
        signal: Signal,
    ) -> Result<()> {
        let signal = match signal {
            Signal::Kill => process::Signal::SIGNAL_SIGKILL,
            Signal::Term => process::Signal::SIGNAL_SIGTERM,
        };
        let (agent, guard) = self.agent(team, id).await?;
        during(&guard, agent.send_signal(selector(process), signal))
            .await
            .map_err(|error| missing(process, error))
    }

    /// Writes to a process's standard input.
    pub async fn send_stdin(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        process: &ProcessSelector,
        data: Bytes,
    ) -> Result<()> {
        let (agent, guard) = self.agent(team, id).await?;
        during(&guard, agent.send_input(selector(process), data))
            .await
            .map_err(|error| missing(process, error))
    }

    /// Ends a process's standard input.
    pub async fn close_stdin(&self, team: &TeamId, id: &CapsuleId, process: &ProcessSelector) -> Result<()> {
        let (agent, guard) = self.agent(team, id).await?;
        during(&guard, agent.close_stdin(selector(process))).await.map_err(|error| missing(process, error))
    }
}

pub(super) fn selector(process: &ProcessSelector) -> Selector {
    match process {
        ProcessSelector::Pid(pid) => Selector::Pid(*pid),
        ProcessSelector::Tag(tag) => Selector::Tag(tag.clone()),
    }
}

/// Says which process is not there.
pub(super) fn missing(process: &ProcessSelector, error: AgentError) -> ControlError {
    if error.code() == Some(AgentCode::NotFound) {
        let message = format!("No process `{process}` runs in the capsule. List those that do.");
        return ControlError::not_found(message).caused_by(error);
    }
    error.into()
}
