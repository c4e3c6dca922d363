//! Cells that are followed as they run.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::{Stream, StreamExt};

use super::{CellError, CellOutput, Notebook};
use crate::{
    Error, Result,
    api::{CellClientMessage as ToServer, CellEnd, CellServerMessage as FromServer, ExecCellRequest},
    stream::{Incoming, Receiver, Sender, open},
};

/// Something that comes of a cell.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CellEvent {
    /// It begins.
    Started {
        /// Its number in the life of its kernel, where there is one.
        execution_count: Option<u64>,
    },
    /// It wrote to its output.
    Stdout(String),
    /// It wrote to its error output.
    Stderr(String),
    /// It shows something.
    Output(CellOutput),
    /// What was shown under the same `display_id` is to be replaced.
    Update(CellOutput),
    /// What it has written and shown so far is to be taken away.
    Clear {
        /// Only once it shows something else.
        wait: bool,
    },
    /// An exception ended it.
    Exception(CellError),
    /// It has ended; nothing follows.
    Ended(CellEnd),
}

/// What comes of a cell, in order, by [`super::ExecCell::stream`].
///
/// Dropping it does not end the cell; [`CellStream::interrupt`] does, and its time limit.
#[derive(Debug)]
pub struct CellStream {
    receiver: Receiver,
    sender: Sender,
}

impl CellStream {
    pub(super) async fn open(notebook: &Notebook, request: ExecCellRequest) -> Result<Self> {
        let Notebook { capsule, name } = notebook;
        let route = ["notebooks", name.as_str(), "stream"];
        let operation = capsule.operation(&format!("run a cell in notebook {name:?} of"));
        let (sender, receiver) = open(capsule.client(), &capsule.segments(&route), &[], operation).await?;
        sender.send(&ToServer::Exec(request)).await?;
        Ok(Self { receiver, sender })
    }

    /// The next event; `None` after the end. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<CellEvent>> {
        StreamExt::next(self).await
    }

    /// Interrupts this cell, or has it not begun when it still waits; the end is still to be read.
    pub async fn interrupt(&self) -> Result<()> {
        self.sender.send(&ToServer::Interrupt).await
    }

    fn event(&mut self, message: Incoming<FromServer>) -> Result<CellEvent> {
        let message = match message {
            Incoming::Json(message) => message,
            Incoming::Binary(_) => {
                FromServer::Error { data: "the server sent a frame of an unknown kind".to_owned() }
            }
        };
        Ok(match message {
            FromServer::Start { execution_count } => CellEvent::Started { execution_count },
            FromServer::Stdout { data } => CellEvent::Stdout(data),
            FromServer::Stderr { data } => CellEvent::Stderr(data),
            FromServer::Result(output) => CellEvent::Output(output),
            FromServer::Update(output) => CellEvent::Update(output),
            FromServer::Clear { wait } => CellEvent::Clear { wait },
            FromServer::Exception(error) => CellEvent::Exception(error),
            FromServer::End(end) => {
                self.receiver.finish();
                CellEvent::Ended(end)
            }
            FromServer::Error { data } => {
                self.receiver.finish();
                return Err(Error::Stream { operation: self.receiver.operation().to_owned(), message: data });
            }
        })
    }
}

impl Stream for CellStream {
    type Item = Result<CellEvent>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match ready!(self.receiver.poll(cx)) {
            Some(Ok(message)) => Some(self.event(message)),
            Some(Err(error)) => Some(Err(error)),
            None => None,
        })
    }
}
