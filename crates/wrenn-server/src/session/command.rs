//! A command's output, live.

use bytes::Bytes;
use wrenn_agent_proto::ProcessEvent;
use wrenn_api::{ProcessSelector, Signal, StreamClientMessage, StreamServerMessage};
use wrenn_control::ProcessStream;

use super::{
    End, Target, close,
    first::{Pick, first},
    output::{Format, Output},
};
use crate::ws::{Gone, Received, Receiver, Sender};

/// How long a command has to end by itself once it is asked to stop.
const GRACE: std::time::Duration = std::time::Duration::from_secs(3);

/// Runs the command that the client's first message names. It lives on when the client leaves without `stop`.
pub(crate) async fn run(target: Target, format: Format, mut sender: Sender, mut receiver: Receiver) {
    let pick = |message| match message {
        StreamClientMessage::Start(start) => Pick::This(start),
        StreamClientMessage::Auth { .. } | StreamClientMessage::Ping | StreamClientMessage::Pong => {
            Pick::Later
        }
        _ => Pick::Never,
    };
    let Some(start) = first(&mut sender, &mut receiver, pick, error).await else {
        return close(End::Finished, sender, receiver).await;
    };
    let mut process = match target.app.control.exec_stream(&target.team, &target.id, &start).await {
        Ok(process) => process,
        Err(refusal) => return refuse(refusal.message(), sender, receiver).await,
    };
    // Its id is what input and signals go to.
    match process.next().await {
        Ok(Some(ProcessEvent::Started { pid })) => {
            let relay = Relay { target: &target, selector: ProcessSelector::Pid(pid), owner: true, format };
            relay.run(Some(pid), process, sender, receiver).await;
        }
        Err(failure) => refuse(&target.explain(&failure).await, sender, receiver).await,
        Ok(_) => refuse("The command ended before it began.", sender, receiver).await,
    }
}

/// Shows a running process, beginning with what it has printed so far. Any number of clients may.
pub(crate) async fn attach(
    target: Target,
    selector: ProcessSelector,
    format: Format,
    sender: Sender,
    receiver: Receiver,
) {
    match target.app.control.connect_process(&target.team, &target.id, &selector).await {
        Ok(process) => {
            let relay = Relay { target: &target, selector, owner: false, format };
            relay.run(None, process, sender, receiver).await;
        }
        Err(refusal) => refuse(refusal.message(), sender, receiver).await,
    }
}

/// The exchange between a process and one client.
struct Relay<'a> {
    target: &'a Target,
    selector: ProcessSelector,
    /// Whether this client started the process, so that its `stop` ends it.
    owner: bool,
    format: Format,
}

impl Relay<'_> {
    async fn run(
        &self,
        started: Option<u32>,
        process: ProcessStream,
        mut sender: Sender,
        mut receiver: Receiver,
    ) {
        let end = tokio::select! {
            end = self.write(started, process, &mut sender) => end.unwrap_or_else(End::from),
            refused = self.read(&mut receiver) => match refused {
                Ok(reason) => return refuse(&reason, sender, receiver).await,
                Err(end) => end,
            },
            () = self.target.app.stopping.cancelled() => End::Stopping,
        };
        close(end, sender, receiver).await;
    }

    async fn write(
        &self,
        started: Option<u32>,
        mut process: ProcessStream,
        sender: &mut Sender,
    ) -> Result<End, Gone> {
        if let Some(pid) = started {
            sender.send(&StreamServerMessage::Start { pid }).await?;
        }
        let mut output = Output::new(self.format);
        let mut ping = sender.pings();
        loop {
            let event = tokio::select! {
                event = process.next() => event,
                _ = ping.tick() => {
                    sender.ping().await?;
                    continue;
                }
            };
            let last = match event {
                Ok(Some(ProcessEvent::Started { pid })) => {
                    sender.send(&StreamServerMessage::Start { pid }).await?;
                    continue;
                }
                Ok(Some(ProcessEvent::Stdout(bytes) | ProcessEvent::Pty(bytes))) => {
                    output.stdout(sender, bytes).await?;
                    continue;
                }
                Ok(Some(ProcessEvent::Stderr(bytes))) => {
                    output.stderr(sender, bytes).await?;
                    continue;
                }
                Ok(Some(ProcessEvent::Keepalive)) => continue,
                Ok(Some(ProcessEvent::Ended(exit))) => {
                    StreamServerMessage::Exit { exit_code: wrenn_control::exit_code(&exit) }
                }
                Ok(None) => error("The stream ended without an exit. Connect again.".to_owned()),
                Err(failure) => error(self.target.explain(&failure).await),
            };
            output.finish(sender).await?;
            sender.send(&last).await?;
            return Ok(End::Finished);
        }
    }

    /// Does what the client says; returns why it cannot go on.
    async fn read(&self, receiver: &mut Receiver) -> Result<String, End> {
        loop {
            let result = match receiver.next().await? {
                Received::Message(StreamClientMessage::Stdin { data }) => self.input(data.into()).await,
                Received::Binary(data) => self.input(data).await,
                Received::Message(StreamClientMessage::CloseStdin) => self.close_input().await,
                Received::Message(StreamClientMessage::Stop) if self.owner => self.stop().await,
                Received::Message(StreamClientMessage::Stop) => return Err(End::Finished),
                Received::Message(StreamClientMessage::Ping) => {
                    self.target.app.control.ping_capsule(&self.target.team, &self.target.id).await
                }
                Received::Message(StreamClientMessage::Pong | StreamClientMessage::Auth { .. }) => Ok(()),
                Received::Message(StreamClientMessage::Start(_)) => {
                    return Ok("Open another connection to start another command.".to_owned());
                }
                Received::Malformed(reason) => return Ok(reason),
            };
            // A process that has just ended takes no input: its end is what the client is told.
            if let Err(refusal) = result {
                tracing::debug!(error = %refusal, capsule = %self.target.id, "a stream's message had no effect");
            }
        }
    }

    async fn input(&self, data: Bytes) -> wrenn_control::Result<()> {
        self.target.app.control.send_stdin(&self.target.team, &self.target.id, &self.selector, data).await
    }

    async fn close_input(&self) -> wrenn_control::Result<()> {
        self.target.app.control.close_stdin(&self.target.team, &self.target.id, &self.selector).await
    }

    /// Asks the command to end, then ends it. When it ends by itself, so does the session, and with it the wait.
    async fn stop(&self) -> wrenn_control::Result<()> {
        let Target { app, team, id } = self.target;
        app.control.kill_process(team, id, &self.selector, Signal::Term).await?;
        tokio::time::sleep(GRACE).await;
        app.control.kill_process(team, id, &self.selector, Signal::Kill).await
    }
}

async fn refuse(reason: &str, mut sender: Sender, receiver: Receiver) {
    let end = match sender.send(&error(reason.to_owned())).await {
        Ok(()) => End::Finished,
        Err(gone) => gone.into(),
    };
    close(end, sender, receiver).await;
}

fn error(data: String) -> StreamServerMessage {
    StreamServerMessage::Error { data }
}
