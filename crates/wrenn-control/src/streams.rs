//! What goes on in a capsule for a while. Each keeps the capsule awake, and ends with a clear error when the capsule does.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::Stream;
use wrenn_agent_proto::{self as agent, AgentError, ProcessEvent, filesystem::FilesystemEvent};
use wrenn_host::ActivityGuard;

use crate::session::during;

/// The events of one process. Dropping it leaves the process alone.
pub struct ProcessStream {
    events: agent::ProcessStream,
    guard: ActivityGuard,
}

impl ProcessStream {
    pub(crate) fn new(events: agent::ProcessStream, guard: ActivityGuard) -> Self {
        Self { events, guard }
    }

    /// The next event, `None` after [`ProcessEvent::Ended`]. Cancel-safe.
    ///
    /// # Errors
    /// A refusal that says so when the capsule has ended, [`AgentError::ConnectionLost`] when the stream broke.
    pub async fn next(&mut self) -> Result<Option<ProcessEvent>, AgentError> {
        let event = during(&self.guard, self.events.next()).await;
        self.guard.touch();
        event
    }
}

/// The changes in a watched directory. Dropping it ends the watch.
pub struct WatchStream {
    changes: agent::WatchStream,
    guard: ActivityGuard,
}

impl WatchStream {
    pub(crate) fn new(changes: agent::WatchStream, guard: ActivityGuard) -> Self {
        Self { changes, guard }
    }

    /// The next change; `None` when the agent ended the watch. Cancel-safe.
    ///
    /// # Errors
    /// A refusal that says so when the capsule has ended, `ResourceExhausted` when changes came faster than they could be
    /// kept, [`AgentError::ConnectionLost`].
    pub async fn next(&mut self) -> Result<Option<FilesystemEvent>, AgentError> {
        let change = during(&self.guard, self.changes.next()).await;
        self.guard.touch();
        change
    }
}

/// A file's bytes, as they arrive.
pub struct FileBody {
    body: agent::FileBody,
    _guard: ActivityGuard,
}

impl FileBody {
    pub(crate) fn new(body: agent::FileBody, guard: ActivityGuard) -> Self {
        Self { body, _guard: guard }
    }

    /// How many bytes will come, where that is known.
    pub fn length(&self) -> Option<u64> {
        self.body.length()
    }

    /// The size of the whole file, also when only a part was asked for.
    pub fn size(&self) -> Option<u64> {
        self.body.size()
    }
}

impl Stream for FileBody {
    type Item = Result<Bytes, AgentError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
