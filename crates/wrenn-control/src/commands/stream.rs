//! Commands whose output is followed.

use wrenn_agent_proto::ProcessStart;
use wrenn_api::{CapsuleId, ProcessSelector, StreamStart, TeamId};

use super::{
    check::{as_user, not_started},
    processes::{missing, selector},
};
use crate::{Control, ProcessStream, Result, session::during};

impl Control {
    /// Starts a command and follows it. It lives on when the stream is dropped.
    pub async fn exec_stream(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        start: &StreamStart,
    ) -> Result<ProcessStream> {
        let StreamStart { cmd, args, envs, cwd, user, stdin } = start;
        Self::check_command(cmd, args, envs, cwd.as_deref(), user.as_deref())?;
        let (agent, guard) = self.agent(team, id).await?;
        let start = ProcessStart {
            cmd: cmd.clone(),
            args: args.clone(),
            envs: envs.clone(),
            cwd: cwd.clone(),
            stdin: *stdin,
            ..ProcessStart::default()
        };
        let events =
            during(&guard, as_user(&agent, user.as_deref()).start(start)).await.map_err(not_started)?;
        Ok(ProcessStream::new(events, guard))
    }

    /// Follows a running process, beginning with what is kept of its earlier output.
    pub async fn connect_process(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        process: &ProcessSelector,
    ) -> Result<ProcessStream> {
        let (agent, guard) = self.agent(team, id).await?;
        let events = during(&guard, agent.connect(selector(process), None)).await;
        Ok(ProcessStream::new(events.map_err(|error| missing(process, error))?, guard))
    }
}
