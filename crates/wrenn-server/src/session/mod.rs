//! What goes on over an open WebSocket: a command's output, cells, a terminal, the changes in a directory.

mod command;
mod first;
mod notebook;
mod output;
mod pty;
mod target;
mod watch;

pub(crate) use command::{attach, run};
pub(crate) use notebook::cells;
pub(crate) use output::Format;
pub(crate) use pty::terminal;
pub(crate) use target::Target;
pub(crate) use watch::{Wish, watch};

use crate::ws::{Gone, Receiver, Sender};

/// How a session came to its end.
enum End {
    /// Everything was said.
    Finished,
    /// The client left.
    Left,
    /// The server stops.
    Stopping,
}

impl From<Gone> for End {
    fn from(Gone: Gone) -> Self {
        Self::Left
    }
}

/// Closes a session's WebSocket as its end demands.
async fn close(end: End, sender: Sender, receiver: Receiver) {
    match end {
        End::Finished => sender.close().await,
        End::Stopping => sender.close_away().await,
        End::Left => return,
    }
    receiver.drain().await;
}
