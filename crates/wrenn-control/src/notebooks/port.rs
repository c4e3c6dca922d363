//! The way to the Jupyter server in a capsule.

use std::io;

use wrenn_agent_proto::{AgentClient, ErrorCode as AgentCode, Tunnel};
use wrenn_api::ErrorCode;
use wrenn_jupyter::{Connect, JupyterError};

use crate::{ControlError, convert::sentence};

/// The port inside on which Jupyter servers are looked for.
pub(super) const PORT: u16 = 8888;

/// What a session's path has after the notebook's name.
const SUFFIX: &str = ".ipynb";

/// Connections through a capsule's agent.
#[derive(Debug, Clone)]
pub(super) struct Port(pub(super) AgentClient);

impl Connect for Port {
    type Stream = Tunnel;

    async fn connect(&self) -> io::Result<Tunnel> {
        self.0.tunnel(PORT).await.map_err(|error| match error.code() {
            Some(AgentCode::Unavailable) => io::Error::new(io::ErrorKind::ConnectionRefused, error),
            _ => io::Error::other(error),
        })
    }
}

/// The path of a notebook's session.
pub(super) fn path(name: &str) -> String {
    format!("{name}{SUFFIX}")
}

/// The notebook that a session's path stands for; `None` for sessions of others.
pub(super) fn name(path: &str) -> Option<&str> {
    path.strip_suffix(SUFFIX).filter(|name| super::verbs::is_name(name))
}

/// What the client is told of a failure between here and the Jupyter server.
pub(super) fn failed(error: JupyterError) -> ControlError {
    let (code, message) = match &error {
        JupyterError::NotListening { .. } => (
            ErrorCode::AgentError,
            "The Jupyter server in the capsule does not run. Look at the capsule's process `start`, or create a new capsule."
                .to_owned(),
        ),
        JupyterError::TooLarge { limit } => (
            ErrorCode::TooLarge,
            format!(
                "The cell said more than {} MiB at once. Let it say less, or write it to a file.",
                limit >> 20
            ),
        ),
        _ => (
            ErrorCode::AgentError,
            sentence(&format!("The Jupyter server in the capsule failed: {error}")),
        ),
    };
    ControlError::new(code, message).caused_by(error)
}
