//! What a process is fed with.

use std::{io, sync::Arc};

use bytes::Bytes;
use connectrpc::ConnectError;
use tokio::{io::AsyncWriteExt as _, net::unix::pipe, sync::Mutex};

use super::terminal::Terminal;

/// The way into a process. Writes of several callers do not mix and keep their order.
#[derive(Debug)]
pub(super) struct Input {
    inlet: Mutex<Inlet>,
}

#[derive(Debug)]
pub(super) enum Inlet {
    Pipe(pipe::Sender),
    Terminal(Arc<Terminal>),
    Closed,
}

impl Input {
    pub(super) fn new(inlet: Inlet) -> Self {
        Self { inlet: Mutex::new(inlet) }
    }

    /// Writes everything to the standard input.
    pub(super) async fn write_stdin(&self, bytes: &Bytes) -> Result<(), ConnectError> {
        let mut inlet = self.inlet.lock().await;
        match &mut *inlet {
            Inlet::Pipe(pipe) => pipe.write_all(bytes).await.map_err(|error| closed(&error)),
            Inlet::Terminal(_) => Err(ConnectError::failed_precondition(
                "The process has a terminal and no standard input; send `pty` input instead.",
            )),
            Inlet::Closed => Err(ConnectError::failed_precondition(
                "The standard input of the process is closed; start it with `stdin` to send input.",
            )),
        }
    }

    /// Types everything into the terminal.
    pub(super) async fn write_terminal(&self, mut bytes: &[u8]) -> Result<(), ConnectError> {
        let inlet = self.inlet.lock().await;
        let Inlet::Terminal(terminal) = &*inlet else {
            return Err(ConnectError::failed_precondition(
                "The process has no terminal; send `stdin` input instead.",
            ));
        };
        while !bytes.is_empty() {
            let count = terminal.write(bytes).await.map_err(|error| closed(&error))?;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Ends the standard input, once what was sent before is written.
    pub(super) async fn close(&self) -> Result<(), ConnectError> {
        let mut inlet = self.inlet.lock().await;
        if let Inlet::Terminal(_) = &*inlet {
            return Err(ConnectError::failed_precondition(
                "A terminal has no end of input; send the character Ctrl-D instead.",
            ));
        }
        *inlet = Inlet::Closed;
        Ok(())
    }

    /// Lets go of the terminal or pipe, once nobody writes.
    pub(super) async fn end(&self) {
        *self.inlet.lock().await = Inlet::Closed;
    }
}

fn closed(error: &io::Error) -> ConnectError {
    ConnectError::failed_precondition(format!("The process does not read its input any more ({error})."))
}
