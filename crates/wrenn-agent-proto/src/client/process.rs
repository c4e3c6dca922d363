//! Processes: start, watch, feed, signal.

mod event;
mod start;

pub use event::{Exit, ProcessEvent, ProcessStream};
pub use start::{ProcessStart, PtySize, Selector};

use std::time::Duration;

use buffa::Message as _;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

use super::{AgentClient, AgentError, call::CallOptions};
use crate::process::{
    __buffa::oneof::{process_input::Input, stream_input_request::Event},
    CloseStdinRequest, CloseStdinResponse, ConnectRequest, ListRequest, ListResponse, ProcessInfo,
    ProcessInput, SendInputRequest, SendInputResponse, SendSignalRequest, SendSignalResponse, Signal,
    StreamInputRequest, StreamInputResponse, UpdateRequest, UpdateResponse, stream_input_request,
};

impl AgentClient {
    /// Starts a process and watches it. It lives on when the stream is dropped.
    ///
    /// # Errors
    /// `NotFound` when there is no such program (a shell's exit code 127), `PermissionDenied` when it cannot be run (126);
    /// these two mean nothing else. `InvalidArgument` for anything else that is wrong with the request (user, working
    /// directory, …), `AlreadyExists` for a tag that is taken, `ResourceExhausted` at a limit of the capsule.
    pub async fn start(&self, start: ProcessStart) -> Result<ProcessStream, AgentError> {
        let options = CallOptions { timeout: start.timeout, keepalive: start.keepalive };
        let envelopes = self.server_stream("process.Process/Start", &start.into_request(), options).await?;
        ProcessStream::open(envelopes).await
    }

    /// Watches a process from now on, what is kept of its earlier output first.
    ///
    /// # Errors
    /// `NotFound` when there is no such process.
    pub async fn connect(
        &self,
        process: impl Into<Selector>,
        keepalive: Option<Duration>,
    ) -> Result<ProcessStream, AgentError> {
        let request = ConnectRequest { process: process.into().into_message().into(), ..Default::default() };
        let options = CallOptions { timeout: None, keepalive };
        let envelopes = self.server_stream("process.Process/Connect", &request, options).await?;
        ProcessStream::open(envelopes).await
    }

    /// Every process that a call started and that has not ended.
    ///
    /// # Errors
    /// Only those of the connection.
    pub async fn list(&self) -> Result<Vec<ProcessInfo>, AgentError> {
        let answer: ListResponse = self.unary("process.Process/List", &ListRequest::default()).await?;
        Ok(answer.processes)
    }

    /// Writes to a process's standard input; returns when the process's pipe has taken it all.
    ///
    /// # Errors
    /// `NotFound` without such a process, `FailedPrecondition` when its input is closed.
    pub async fn send_input(&self, process: impl Into<Selector>, input: Bytes) -> Result<(), AgentError> {
        self.send(process.into(), Input::Stdin(input)).await
    }

    /// Types into a process's terminal.
    ///
    /// # Errors
    /// `NotFound` without such a process, `FailedPrecondition` when it has no terminal.
    pub async fn send_pty(&self, process: impl Into<Selector>, input: Bytes) -> Result<(), AgentError> {
        self.send(process.into(), Input::Pty(input)).await
    }

    /// Feeds a process from a stream, standard input and terminal alike, until the stream ends.
    ///
    /// # Errors
    /// As for [`AgentClient::send_input`] and [`AgentClient::send_pty`].
    pub async fn stream_input<S>(
        &self,
        process: impl Into<Selector>,
        pty: bool,
        input: S,
    ) -> Result<(), AgentError>
    where
        S: Stream<Item = Bytes> + Send + 'static,
    {
        let start = stream_input_request::StartEvent {
            process: process.into().into_message().into(),
            ..Default::default()
        };
        let first = Event::from(start);
        let rest = input.map(move |bytes| {
            let input = if pty { Input::Pty(bytes) } else { Input::Stdin(bytes) };
            let input = ProcessInput { input: Some(input), ..Default::default() };
            Event::from(stream_input_request::DataEvent { input: input.into(), ..Default::default() })
        });
        let messages = futures_util::stream::iter([first])
            .chain(rest)
            .map(|event| StreamInputRequest { event: Some(event), ..Default::default() }.encode_to_bytes());
        let _: StreamInputResponse = self.client_stream("process.Process/StreamInput", messages).await?;
        Ok(())
    }

    /// Ends a process's standard input.
    ///
    /// # Errors
    /// `NotFound` without such a process, `FailedPrecondition` when it has a terminal.
    pub async fn close_stdin(&self, process: impl Into<Selector>) -> Result<(), AgentError> {
        let request =
            CloseStdinRequest { process: process.into().into_message().into(), ..Default::default() };
        let _: CloseStdinResponse = self.unary("process.Process/CloseStdin", &request).await?;
        Ok(())
    }

    /// Sends a signal to a process and its whole process group.
    ///
    /// # Errors
    /// `NotFound` without such a process.
    pub async fn send_signal(&self, process: impl Into<Selector>, signal: Signal) -> Result<(), AgentError> {
        let process = process.into().into_message().into();
        let request = SendSignalRequest { process, signal: signal.into(), ..Default::default() };
        let _: SendSignalResponse = self.unary("process.Process/SendSignal", &request).await?;
        Ok(())
    }

    /// Changes the size of a process's terminal.
    ///
    /// # Errors
    /// `NotFound` without such a process, `FailedPrecondition` when it has no terminal.
    pub async fn resize(&self, process: impl Into<Selector>, size: PtySize) -> Result<(), AgentError> {
        let process = process.into().into_message().into();
        let request = UpdateRequest { process, pty: size.into_message().into(), ..Default::default() };
        let _: UpdateResponse = self.unary("process.Process/Update", &request).await?;
        Ok(())
    }

    async fn send(&self, process: Selector, input: Input) -> Result<(), AgentError> {
        let input = ProcessInput { input: Some(input), ..Default::default() };
        let request = SendInputRequest {
            process: process.into_message().into(),
            input: input.into(),
            ..Default::default()
        };
        let _: SendInputResponse = self.unary("process.Process/SendInput", &request).await?;
        Ok(())
    }
}
