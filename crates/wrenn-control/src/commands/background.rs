//! Commands that are left running.

use wrenn_agent_proto::{ProcessEvent, ProcessStart};
use wrenn_api::{BackgroundExecResponse, CapsuleId, ExecRequest, TeamId};

use super::check::{as_user, check_tag, not_started};
use crate::{Control, ControlError, Result, session::during};

impl Control {
    /// Starts a command and leaves it running, under a tag to find it by.
    pub async fn exec_background(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        request: &ExecRequest,
    ) -> Result<BackgroundExecResponse> {
        let ExecRequest { cmd, args, envs, cwd, user, tag, .. } = request;
        Self::check_command(cmd, args, envs, cwd.as_deref(), user.as_deref())?;
        tag.as_deref().map(check_tag).transpose()?;
        let tag = tag.clone().unwrap_or_else(|| format!("proc-{:08x}", rand::random::<u32>()));
        let (agent, guard) = self.agent(team, id).await?;
        let start = ProcessStart {
            cmd: cmd.clone(),
            args: args.clone(),
            envs: envs.clone(),
            cwd: cwd.clone(),
            tag: Some(tag.clone()),
            ..ProcessStart::default()
        };
        let started = async {
            let mut events = as_user(&agent, user.as_deref()).start(start).await?;
            events.next().await
        };
        match during(&guard, started).await.map_err(not_started)? {
            Some(ProcessEvent::Started { pid }) => {
                Ok(BackgroundExecResponse { sandbox_id: id.clone(), cmd: cmd.clone(), pid, tag })
            }
            other => Err(ControlError::internal(format!("the agent began a process with {other:?}"))),
        }
    }
}
