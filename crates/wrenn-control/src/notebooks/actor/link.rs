//! The way to a notebook's kernel.

use std::time::Duration;

use tokio::time::Instant;
use wrenn_agent_proto::Tunnel;
use wrenn_api::ErrorCode;
use wrenn_host::Startup;
use wrenn_jupyter::{Channels, Event, JupyterError, Message, Session};

use super::{super::port, Actor};
use crate::{ControlError, Result};

/// How long a Jupyter server may take to come up, also when it was lost and is started again.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Between two attempts to reach it.
const AGAIN: Duration = Duration::from_millis(20);
/// How long a cell may go on once it was interrupted.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How long a kernel that was interrupted may say nothing. At a cell's end it waits itself for up to 10 s until what the cell
/// wrote is gone.
const SILENCE: Duration = Duration::from_secs(20);
/// How long it may take in all until it has said everything.
const REST_LIMIT: Duration = Duration::from_secs(60);

/// An open connection to a kernel.
pub(super) struct Link {
    pub(super) session: Session,
    pub(super) channels: Channels<Tunnel>,
}

/// Where a cell can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the kernel that the link leads to.
    Kernel,
    /// In a program of its own: there is no Jupyter server.
    Plain,
}

impl Actor {
    /// Makes sure that there is a link, if there is something to link to. Waits for a server that is on its way.
    pub(super) async fn connect(&mut self) -> Result<Place> {
        if self.link.is_some() {
            return Ok(Place::Kernel);
        }
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let error = match self.open().await {
                Ok(link) => {
                    self.link = Some(link);
                    return Ok(Place::Kernel);
                }
                Err(error) => error,
            };
            // When the capsule is gone, its end is what everybody is told.
            let Some(startup) = self.startup()? else {
                return if error.means_no_server() { Ok(Place::Plain) } else { Err(port::failed(error)) };
            };
            if let Some(reason) = startup.failure() {
                let message = format!("What the template starts with the capsule failed: {reason}.");
                return Err(ControlError::new(ErrorCode::AgentError, message).caused_by(error));
            }
            let temporary =
                matches!(error, JupyterError::NotListening { .. } | JupyterError::Connection { .. });
            if !temporary || Instant::now() >= deadline {
                return Err(port::failed(error));
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Opens the link anew to the kernel that it led to, which has kept what it said meanwhile.
    pub(super) async fn reopen(&mut self) -> std::result::Result<(), JupyterError> {
        let Some(link) = &mut self.link else {
            return Err(JupyterError::NotListening { action: "find the kernel again" });
        };
        link.channels = self.jupyter.channels(&link.session.kernel.id, &self.client).await?;
        Ok(())
    }

    /// The notebook's session, if it has one.
    pub(super) async fn find(&mut self) -> std::result::Result<Option<Session>, JupyterError> {
        if let Some(link) = &self.link {
            return Ok(Some(link.session.clone()));
        }
        let path = port::path(&self.name);
        match self.jupyter.sessions().await {
            Ok(sessions) => Ok(sessions.into_iter().find(|session| session.path == path)),
            Err(error) if error.means_no_server() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn open(&mut self) -> std::result::Result<Link, JupyterError> {
        let session = self.jupyter.open_session(&port::path(&self.name)).await?;
        if session.kernel.execution_state == "dead" {
            self.jupyter.restart(&session.kernel.id).await?;
        }
        let kernel = &session.kernel.id;
        let mut channels = self.fresh_channels(kernel).await?;
        if self.suspect {
            self.jupyter.interrupt(kernel).await?;
            if !self.comes_to_rest(kernel, &mut channels).await? {
                self.jupyter.restart(kernel).await?;
                channels = self.fresh_channels(kernel).await?;
            }
            self.suspect = false;
        }
        Ok(Link { session, channels })
    }

    /// A connection that hears nothing of what was said before.
    async fn fresh_channels(&mut self, kernel: &str) -> std::result::Result<Channels<Tunnel>, JupyterError> {
        self.client = new_client();
        self.jupyter.channels(kernel, &self.client).await
    }

    /// Whether the kernel has soon nothing left to do. What the cell had written comes before it says so, and may be much.
    async fn comes_to_rest(
        &mut self,
        kernel: &str,
        channels: &mut Channels<Tunnel>,
    ) -> std::result::Result<bool, JupyterError> {
        let deadline = Instant::now() + REST_LIMIT;
        let mut probe = channels.probe().await?;
        loop {
            let patience = deadline.min(Instant::now() + SILENCE);
            let heard = tokio::time::timeout_at(patience, channels.next()).await;
            match heard {
                Ok(Ok(Some(Message { parent, event: Event::Idle }))) if parent.as_ref() == Some(&probe) => {
                    return Ok(true);
                }
                Ok(Ok(Some(_))) => {}
                Ok(Err(JupyterError::TooLarge { .. })) => {
                    *channels = self.fresh_channels(kernel).await?;
                    probe = channels.probe().await?;
                }
                Ok(Ok(None) | Err(_)) | Err(_) => return Ok(false),
            }
        }
    }

    /// How far the start command is that brings a Jupyter server; `None` when the template promises none.
    fn startup(&self) -> Result<Option<Startup>> {
        let Some(control) = self.control.upgrade() else { return Ok(None) };
        let record = control.host.get(&self.id)?.record;
        let promised = record.defaults.start.is_some_and(|start| start.ready_port == Some(port::PORT));
        Ok(promised.then_some(record.start))
    }
}

/// A name by which a kernel's server knows a client, and keeps what is said while its connection is lost.
pub(super) fn new_client() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
