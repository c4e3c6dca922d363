//! What is refused before the agent is asked, and what its refusals mean.

use std::collections::BTreeMap;

use wrenn_agent_proto::{AgentClient, AgentError, ErrorCode as AgentCode};
use wrenn_api::ErrorCode;

use crate::{Control, ControlError, Result, convert::sentence};

const MAX_TAG: usize = 128;

impl Control {
    /// Checks a command's parts.
    pub(super) fn check_command(
        cmd: &str,
        args: &[String],
        envs: &BTreeMap<String, String>,
        cwd: Option<&str>,
        user: Option<&str>,
    ) -> Result<()> {
        if cmd.is_empty() {
            return Err(ControlError::invalid("Give the command to run in `cmd`."));
        }
        let texts = args.iter().map(String::as_str).chain([cmd]).chain(cwd).chain(user);
        if texts.into_iter().any(|text| text.contains('\0')) {
            return Err(ControlError::invalid("Remove the NUL characters from the command."));
        }
        if user.is_some_and(|user| user.contains([':', '\n'])) {
            return Err(ControlError::invalid("Give the name of a user of the capsule in `user`."));
        }
        crate::capsules::check_envs(envs)
    }
}

/// Checks a name that processes are to be found by.
pub(super) fn check_tag(tag: &str) -> Result<()> {
    if tag.is_empty() || tag.len() > MAX_TAG || tag.contains('/') || tag.chars().any(char::is_control) {
        let message = format!("Give a tag of 1 to {MAX_TAG} printable characters without `/`.");
        return Err(ControlError::invalid(message));
    }
    if tag.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ControlError::invalid(
            "Give a tag that is not a number, so that it is not taken for a process id.",
        ));
    }
    Ok(())
}

/// The agent, as the user that the call names, or as the capsule's default user.
pub(super) fn as_user(agent: &AgentClient, user: Option<&str>) -> AgentClient {
    agent.as_user(user.unwrap_or_default())
}

/// What it means that a command could not be started.
pub(super) fn not_started(error: AgentError) -> ControlError {
    match error.code() {
        // Not the capsule is missing, but the program.
        Some(AgentCode::NotFound | AgentCode::PermissionDenied) => {
            ControlError::invalid(sentence(&error.to_string())).caused_by(error)
        }
        Some(AgentCode::AlreadyExists) => {
            ControlError::new(ErrorCode::Conflict, sentence(&error.to_string())).caused_by(error)
        }
        Some(AgentCode::FailedPrecondition) => {
            ControlError::new(ErrorCode::InvalidState, sentence(&error.to_string())).caused_by(error)
        }
        Some(AgentCode::ResourceExhausted) => {
            ControlError::new(ErrorCode::AgentError, sentence(&error.to_string())).caused_by(error)
        }
        _ => error.into(),
    }
}
