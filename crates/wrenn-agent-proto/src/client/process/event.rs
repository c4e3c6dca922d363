//! What a watched process does.

use buffa::Message as _;
use bytes::Bytes;
use futures_util::{Stream, stream};

use crate::{
    client::{AgentError, envelope::Envelopes},
    process::{
        __buffa::oneof::process_event::Event,
        StartResponse,
        process_event::{EndEvent, data_event},
    },
};

/// Something that happened to a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProcessEvent {
    /// It runs; the first event of every stream.
    Started {
        /// Its id inside the capsule.
        pid: u32,
    },
    /// It wrote to its standard output.
    Stdout(Bytes),
    /// It wrote to its standard error.
    Stderr(Bytes),
    /// Its terminal shows this.
    Pty(Bytes),
    /// Nothing happened for a while.
    Keepalive,
    /// It ended; the last event of every stream.
    Ended(Exit),
}

/// How a process ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exit {
    /// The exit code; -1 when a signal ended the process.
    pub code: i32,
    /// Whether it exited by itself.
    pub exited: bool,
    /// For people: `exit status 1`, `signal: killed`.
    pub status: String,
    /// Why, where there is more to say: out of memory, out of time.
    pub error: Option<String>,
}

/// The events of one process. Dropping it leaves the process alone.
#[derive(Debug)]
pub struct ProcessStream {
    pid: u32,
    /// Until it was handed out.
    first: Option<ProcessEvent>,
    envelopes: Envelopes,
}

impl ProcessStream {
    /// Waits for the first event, which says that the process runs.
    pub(super) async fn open(mut envelopes: Envelopes) -> Result<Self, AgentError> {
        match read(&mut envelopes).await? {
            Some(ProcessEvent::Started { pid }) => {
                Ok(Self { pid, first: Some(ProcessEvent::Started { pid }), envelopes })
            }
            _ => Err(AgentError::malformed(envelopes.operation(), "its first event is not the start")),
        }
    }

    /// The process's id inside the capsule.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The next event, `None` after [`ProcessEvent::Ended`]. Cancel-safe. As long as it is not called, the process is
    /// held up by its full pipe; a reader that stops for too long is cut off.
    ///
    /// # Errors
    /// [`AgentError::ConnectionLost`] when the stream broke; the process may still run.
    pub async fn next(&mut self) -> Result<Option<ProcessEvent>, AgentError> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => read(&mut self.envelopes).await,
        }
    }

    /// The same as a [`Stream`], which ends after the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<ProcessEvent, AgentError>> + Send {
        stream::unfold(Some(self), |state| async {
            let mut events = state?;
            match events.next().await.transpose()? {
                Ok(event) => Some((Ok(event), Some(events))),
                Err(error) => Some((Err(error), None)),
            }
        })
    }
}

async fn read(envelopes: &mut Envelopes) -> Result<Option<ProcessEvent>, AgentError> {
    loop {
        let Some(mut message) = envelopes.next().await? else { return Ok(None) };
        let operation = envelopes.operation();
        // The answers of Start and Connect have one shape.
        let answer =
            StartResponse::decode(&mut message).map_err(|error| AgentError::malformed(operation, error))?;
        if let Some(event) = answer.event.into_option().and_then(|event| event.event).and_then(translate) {
            return Ok(Some(event));
        }
    }
}

/// An event of a later protocol is skipped.
fn translate(event: Event) -> Option<ProcessEvent> {
    Some(match event {
        Event::Start(start) => ProcessEvent::Started { pid: start.pid },
        Event::Data(data) => match data.output? {
            data_event::Output::Stdout(bytes) => ProcessEvent::Stdout(bytes),
            data_event::Output::Stderr(bytes) => ProcessEvent::Stderr(bytes),
            data_event::Output::Pty(bytes) => ProcessEvent::Pty(bytes),
        },
        Event::End(end) => {
            let EndEvent { exit_code, exited, status, error, .. } = *end;
            ProcessEvent::Ended(Exit { code: exit_code, exited, status, error })
        }
        Event::Keepalive(_) => ProcessEvent::Keepalive,
    })
}
