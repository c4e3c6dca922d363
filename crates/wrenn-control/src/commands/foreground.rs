//! Commands that are waited for.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::time::Instant;
use wrenn_agent_proto::{
    AgentClient, AgentError, ErrorCode as AgentCode, Exit, ProcessEvent, ProcessStart, process::Signal,
};
use wrenn_api::{CapsuleId, Encoding, ErrorCode, ExecRequest, ExecResponse, TIMED_OUT_EXIT_CODE, TeamId};

use super::{
    check::{as_user, not_started},
    exit_code,
};
use crate::{Control, ControlError, Result, session::during};

/// How much longer than the agent the control plane waits, before it takes the killing into its own hands.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a killed command's end is waited for.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What a command has printed so far, and how it ended.
#[derive(Default)]
struct Outcome {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    pid: Option<u32>,
    exit: Option<Exit>,
}

/// Why a command was not waited for to its end.
enum Stop {
    Failed(AgentError),
    TooMuch,
}

impl Control {
    /// Runs a command to its end. When its time is over, it is killed with all that it started.
    pub async fn exec_foreground(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        request: &ExecRequest,
    ) -> Result<ExecResponse> {
        let ExecRequest { cmd, args, envs, cwd, user, .. } = request;
        Self::check_command(cmd, args, envs, cwd.as_deref(), user.as_deref())?;
        let (agent, guard) = self.agent(team, id).await?;
        let timeout = Some(request.timeout_sec()).filter(|&seconds| seconds > 0).map(Duration::from_secs);
        let start = ProcessStart {
            cmd: cmd.clone(),
            args: args.clone(),
            envs: envs.clone(),
            cwd: cwd.clone(),
            // The agent keeps the time, so that it is kept also when we are gone.
            timeout,
            ..ProcessStart::default()
        };
        let began = Instant::now();
        let mut outcome = Outcome::default();
        let limit = self.inner.limits.max_output;
        let runner = as_user(&agent, user.as_deref());
        let run = outcome.collect(&runner, start, limit);
        let deadline = timeout.and_then(|timeout| began.checked_add(timeout + PATIENCE));
        let stopped = tokio::select! {
            stopped = during(&guard, async { Ok(run.await) }) => stopped.unwrap_or_else(|ended| Err(Stop::Failed(ended))),
            () = at(deadline) => Ok(()),
        };
        let elapsed = began.elapsed();
        match stopped {
            Ok(()) if outcome.exit.is_none() => outcome.kill(&agent).await,
            Ok(()) => {}
            Err(Stop::TooMuch) => {
                outcome.kill(&agent).await;
                let message = format!(
                    "The command printed more than {} MiB and was killed. Stream its output, or write it to a file.",
                    limit >> 20
                );
                return Err(ControlError::new(ErrorCode::TooLarge, message));
            }
            Err(Stop::Failed(error)) => match unrunnable(cmd, &error) {
                Some(answer) if outcome.pid.is_none() => outcome = answer,
                _ => {
                    // One that has lost its connection tells more, if the capsule is to blame.
                    return Err(match during::<()>(&guard, async { Err(error) }).await {
                        Ok(()) => ControlError::internal("a failure was taken for a success"),
                        Err(error) => not_started(error),
                    });
                }
            },
        }
        let killed = outcome.exit.as_ref().is_none_or(|exit| !exit.exited);
        let timed_out = killed && timeout.is_some_and(|timeout| elapsed >= timeout);
        Ok(outcome.answer(id, cmd, elapsed, timed_out))
    }
}

impl Outcome {
    async fn collect(
        &mut self,
        agent: &AgentClient,
        start: ProcessStart,
        limit: usize,
    ) -> std::result::Result<(), Stop> {
        let mut events = agent.start(start).await.map_err(Stop::Failed)?;
        while let Some(event) = events.next().await.map_err(Stop::Failed)? {
            match event {
                ProcessEvent::Started { pid } => self.pid = Some(pid),
                ProcessEvent::Stdout(bytes) | ProcessEvent::Pty(bytes) => {
                    self.stdout.extend_from_slice(&bytes);
                }
                ProcessEvent::Stderr(bytes) => self.stderr.extend_from_slice(&bytes),
                ProcessEvent::Keepalive => {}
                ProcessEvent::Ended(exit) => self.exit = Some(exit),
            }
            if self.stdout.len() + self.stderr.len() > limit {
                return Err(Stop::TooMuch);
            }
        }
        Ok(())
    }

    /// Ends a command that the agent has not ended. One that cannot be reached, as in a paused capsule, is left to it.
    async fn kill(&self, agent: &AgentClient) {
        let Some(pid) = self.pid else { return };
        let killed = tokio::time::timeout(LAST_WORDS, agent.send_signal(pid, Signal::SIGNAL_SIGKILL)).await;
        if let Ok(Err(error)) = killed
            && error.code() != Some(AgentCode::NotFound)
        {
            tracing::warn!(pid, error = &error as &dyn std::error::Error, "cannot kill a command");
        }
    }

    fn answer(mut self, id: &CapsuleId, cmd: &str, elapsed: Duration, timed_out: bool) -> ExecResponse {
        let exit_code = match &self.exit {
            _ if timed_out => TIMED_OUT_EXIT_CODE,
            None => TIMED_OUT_EXIT_CODE,
            Some(exit) => exit_code(exit),
        };
        if let Some(reason) = self.exit.as_ref().and_then(|exit| exit.error.as_deref()).filter(|_| !timed_out)
        {
            if self.stderr.last().is_some_and(|&byte| byte != b'\n') {
                self.stderr.push(b'\n');
            }
            self.stderr.extend_from_slice(format!("wrenn: {reason}\n").as_bytes());
        }
        let (stdout, stderr, encoding) =
            match (String::from_utf8(self.stdout), String::from_utf8(self.stderr)) {
                (Ok(stdout), Ok(stderr)) => (stdout, stderr, Encoding::Utf8),
                (stdout, stderr) => (encode(stdout), encode(stderr), Encoding::Base64),
            };
        ExecResponse {
            sandbox_id: id.clone(),
            cmd: cmd.to_owned(),
            stdout,
            stderr,
            exit_code,
            duration_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            encoding,
            timed_out,
        }
    }
}

/// What a shell would answer for a program that is not there, or is none.
fn unrunnable(cmd: &str, error: &AgentError) -> Option<Outcome> {
    let (code, reason) = match error.code()? {
        AgentCode::NotFound => (127, "command not found"),
        AgentCode::PermissionDenied => (126, "permission denied"),
        _ => return None,
    };
    let exit = Exit { code, exited: true, status: format!("exit status {code}"), error: None };
    Some(Outcome {
        stderr: format!("{cmd}: {reason}\n").into_bytes(),
        exit: Some(exit),
        ..Outcome::default()
    })
}

fn encode(text: std::result::Result<String, std::string::FromUtf8Error>) -> String {
    BASE64_STANDARD.encode(text.map_or_else(std::string::FromUtf8Error::into_bytes, String::into_bytes))
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
