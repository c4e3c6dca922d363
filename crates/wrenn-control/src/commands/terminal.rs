//! Terminals. A session outlives those who look at it.

use bytes::Bytes;
use wrenn_agent_proto::{ProcessStart, PtySize};
use wrenn_api::{CapsuleId, DEFAULT_COLS, DEFAULT_ROWS, DEFAULT_SHELL, ProcessSelector, PtyStart, TeamId};

use super::{
    check::{as_user, check_tag, not_started},
    processes::{missing, selector},
};
use crate::{Control, ControlError, ProcessStream, Result, session::during};

impl Control {
    /// Opens a terminal session. Returns the tag to join it by, and its output.
    pub async fn start_pty(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        start: &PtyStart,
    ) -> Result<(String, ProcessStream)> {
        let PtyStart { cmd, args, cols, rows, envs, cwd, user, tag } = start;
        let cmd = cmd.as_deref().unwrap_or(DEFAULT_SHELL);
        Self::check_command(cmd, args, envs, cwd.as_deref(), user.as_deref())?;
        tag.as_deref().map(check_tag).transpose()?;
        let tag = tag.clone().unwrap_or_else(|| format!("pty-{:08x}", rand::random::<u32>()));
        let size = size(cols.unwrap_or(DEFAULT_COLS), rows.unwrap_or(DEFAULT_ROWS))?;
        let (agent, guard) = self.agent(team, id).await?;
        let start = ProcessStart {
            cmd: cmd.to_owned(),
            args: args.clone(),
            envs: envs.clone(),
            cwd: cwd.clone(),
            pty: Some(size),
            tag: Some(tag.clone()),
            stdin: true,
            ..ProcessStart::default()
        };
        let events =
            during(&guard, as_user(&agent, user.as_deref()).start(start)).await.map_err(not_started)?;
        Ok((tag, ProcessStream::new(events, guard)))
    }

    /// Joins a terminal session, its recent output first.
    pub async fn connect_pty(&self, team: &TeamId, id: &CapsuleId, tag: &str) -> Result<ProcessStream> {
        self.connect_process(team, id, &ProcessSelector::Tag(tag.to_owned())).await
    }

    /// Types into a terminal.
    pub async fn send_pty(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        process: &ProcessSelector,
        data: Bytes,
    ) -> Result<()> {
        let (agent, guard) = self.agent(team, id).await?;
        during(&guard, agent.send_pty(selector(process), data)).await.map_err(|error| missing(process, error))
    }

    /// Changes the size of a terminal.
    pub async fn resize_pty(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        process: &ProcessSelector,
        cols: u16,
        rows: u16,
    ) -> Result<()> {
        let size = size(cols, rows)?;
        let (agent, guard) = self.agent(team, id).await?;
        during(&guard, agent.resize(selector(process), size)).await.map_err(|error| missing(process, error))
    }
}

fn size(cols: u16, rows: u16) -> Result<PtySize> {
    if cols == 0 || rows == 0 {
        return Err(ControlError::invalid("Give a terminal at least one column and one row."));
    }
    Ok(PtySize { cols, rows })
}
