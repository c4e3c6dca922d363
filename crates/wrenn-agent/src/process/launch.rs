//! From a request to a plan: everything that can be wrong with it is found here and said in a sentence.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use connectrpc::ConnectError;
use http::HeaderMap;
use wrenn_agent_proto::process::{PTY, ProcessConfig, StartRequest};

use super::{
    environment,
    spawn::{Plan, SpawnError},
    terminal::Size,
};
use crate::{
    agent::Agent,
    users::{User, UserError},
};

/// What a terminal is given when the request does not say.
const DEFAULT_SIZE: Size = Size { cols: 80, rows: 24 };

/// Checks a request of the user whom the headers name.
pub(super) fn plan(agent: &Agent, headers: &HeaderMap, request: &StartRequest) -> Result<Plan, ConnectError> {
    let user = agent.user_of(headers).map_err(|error| user_error(&error))?;
    let Some(config) = request.process.as_option().filter(|config| !config.cmd.is_empty()) else {
        return Err(ConnectError::invalid_argument("The command is empty; name a program to run."));
    };
    if config.cmd.contains('\0') || config.args.iter().any(|arg| arg.contains('\0')) {
        return Err(ConnectError::invalid_argument(
            "The command or an argument has a NUL byte in it; remove it.",
        ));
    }
    if let Some((name, _)) = config.envs.iter().find(|(name, value)| !environment::is_valid(name, value)) {
        return Err(ConnectError::invalid_argument(format!(
            "The environment variable {name:?} cannot be set: a name must not be empty or hold `=`, and neither name nor value may hold a NUL byte."
        )));
    }
    let directory = directory(agent, &user, config)?;
    let terminal = request.pty.as_option().map(size).transpose()?;
    let own = config.envs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let variables = environment::variables(&user, &agent.settings().envs, own, terminal.is_some());
    Ok(Plan {
        program: OsString::from(&config.cmd),
        args: config.args.iter().map(OsString::from).collect(),
        variables,
        directory,
        user,
        terminal,
        has_stdin: request.stdin.unwrap_or(true),
    })
}

/// A size as a request gives it; nothing in it means the usual.
pub(super) fn size(pty: &PTY) -> Result<Size, ConnectError> {
    let Some(size) = pty.size.as_option() else { return Ok(DEFAULT_SIZE) };
    let number = |value: u32, usual| match value {
        0 => Ok(usual),
        _ => u16::try_from(value).map_err(|_| {
            ConnectError::invalid_argument("A terminal has at most 65,535 columns and rows; ask for fewer.")
        }),
    };
    Ok(Size { cols: number(size.cols, DEFAULT_SIZE.cols)?, rows: number(size.rows, DEFAULT_SIZE.rows)? })
}

/// What a failed start means for the caller. `NotFound` and `PermissionDenied` speak of the program and of nothing
/// else: they are a shell's exit codes 127 and 126.
pub(super) fn spawn_error(error: SpawnError, program: &str, directory: &Path) -> ConnectError {
    match error {
        SpawnError::Resources(error) => ConnectError::resource_exhausted(format!(
            "The capsule is at its limit of processes, memory or open files ({error}); end something and try again."
        )),
        SpawnError::Identity(error) => {
            ConnectError::invalid_argument(format!("The agent cannot run programs as that user ({error})."))
        }
        SpawnError::Directory(error) => ConnectError::invalid_argument(format!(
            "The user cannot enter the working directory {} ({error}); choose another.",
            directory.display()
        )),
        SpawnError::Program(error) => match error.raw_os_error() {
            Some(libc::ENOENT | libc::ENOTDIR) => ConnectError::not_found(format!(
                "There is no program {program:?} in the capsule, or what it needs to run is missing; install it or give its path."
            )),
            Some(libc::EACCES | libc::EPERM | libc::ENOEXEC | libc::EISDIR) => {
                ConnectError::permission_denied(format!(
                    "The user may not run {program:?}, or it is no program ({error})."
                ))
            }
            Some(libc::E2BIG) => ConnectError::invalid_argument(
                "The arguments and the environment are longer than the kernel takes.",
            ),
            _ => ConnectError::invalid_argument(format!("The program {program:?} cannot be run ({error}).")),
        },
    }
}

fn directory(agent: &Agent, user: &User, config: &ProcessConfig) -> Result<PathBuf, ConnectError> {
    let Some(cwd) = config.cwd.as_deref().filter(|cwd| !cwd.is_empty()) else {
        let usual = agent.settings().default_workdir.clone().unwrap_or_else(|| user.home.clone());
        return Ok(if usual.is_dir() { usual } else { PathBuf::from("/") });
    };
    let path = agent.resolve(user, cwd).map_err(|error| ConnectError::invalid_argument(error.to_string()))?;
    if path.is_dir() {
        return Ok(path);
    }
    Err(ConnectError::invalid_argument(format!(
        "The working directory {} does not exist or is no directory; create it or choose another.",
        path.display()
    )))
}

fn user_error(error: &UserError) -> ConnectError {
    match error {
        UserError::Unknown(_) | UserError::BadHeader => ConnectError::invalid_argument(error.to_string()),
        UserError::Unreadable(_) => ConnectError::internal(error.to_string()),
    }
}
