//! A terminal.

use std::sync::atomic::{AtomicBool, Ordering};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use tokio::sync::mpsc;
use wrenn_agent_proto::ProcessEvent;
use wrenn_api::{ProcessSelector, PtyClientMessage, PtyServerMessage, PtyStart, Signal};
use wrenn_control::ProcessStream;

use super::{
    End, Target, close,
    first::{Pick, first},
};
use crate::ws::{Gone, Received, Receiver, Sender};

/// Starts or joins a terminal session. It outlives the connection.
pub(crate) async fn terminal(target: Target, mut sender: Sender, mut receiver: Receiver) {
    let pick = |message| match message {
        PtyClientMessage::Start(start) => Pick::This(Wish::Start(start)),
        PtyClientMessage::Connect { tag } => Pick::This(Wish::Join(tag)),
        PtyClientMessage::Auth { .. } | PtyClientMessage::Ping | PtyClientMessage::Pong => Pick::Later,
        _ => Pick::Never,
    };
    let Some(wish) = first(&mut sender, &mut receiver, pick, fatal).await else {
        return close(End::Finished, sender, receiver).await;
    };
    let Target { app, team, id } = &target;
    let opened = match wish {
        Wish::Start(start) => app.control.start_pty(team, id, &start).await,
        Wish::Join(tag) => app.control.connect_pty(team, id, &tag).await.map(|process| (tag, process)),
    };
    match opened {
        Ok((tag, process)) => Terminal::new(&target, tag).run(process, sender, receiver).await,
        Err(refusal) => refuse(refusal.message(), sender, receiver).await,
    }
}

enum Wish {
    Start(PtyStart),
    Join(String),
}

/// The exchange between a terminal session and one client.
struct Terminal<'a> {
    target: &'a Target,
    tag: String,
    selector: ProcessSelector,
    /// Whether the client speaks in binary frames, and is answered so.
    binary: AtomicBool,
}

impl<'a> Terminal<'a> {
    fn new(target: &'a Target, tag: String) -> Self {
        let selector = ProcessSelector::Tag(tag.clone());
        Self { target, tag, selector, binary: AtomicBool::new(false) }
    }

    async fn run(&self, process: ProcessStream, mut sender: Sender, mut receiver: Receiver) {
        let (complain, complaints) = mpsc::channel(8);
        let end = tokio::select! {
            end = self.write(process, complaints, &mut sender) => end.unwrap_or_else(End::from),
            Gone = self.read(&complain, &mut receiver) => End::Left,
            () = self.target.app.stopping.cancelled() => End::Stopping,
        };
        close(end, sender, receiver).await;
    }

    async fn write(
        &self,
        mut process: ProcessStream,
        mut complaints: mpsc::Receiver<String>,
        sender: &mut Sender,
    ) -> Result<End, Gone> {
        let mut ping = sender.pings();
        loop {
            let event = tokio::select! {
                biased;
                Some(data) = complaints.recv() => {
                    sender.send(&PtyServerMessage::Error { data, fatal: false }).await?;
                    continue;
                }
                event = process.next() => event,
                _ = ping.tick() => {
                    sender.send(&PtyServerMessage::Ping).await?;
                    sender.ping().await?;
                    continue;
                }
            };
            let last = match event {
                Ok(Some(ProcessEvent::Started { pid })) => {
                    sender.send(&PtyServerMessage::Started { tag: self.tag.clone(), pid }).await?;
                    continue;
                }
                Ok(Some(
                    ProcessEvent::Pty(bytes) | ProcessEvent::Stdout(bytes) | ProcessEvent::Stderr(bytes),
                )) => {
                    self.output(bytes, sender).await?;
                    continue;
                }
                Ok(Some(ProcessEvent::Keepalive)) => continue,
                Ok(Some(ProcessEvent::Ended(exit))) => {
                    PtyServerMessage::Exit { exit_code: wrenn_control::exit_code(&exit) }
                }
                Ok(None) => fatal("The stream ended without an exit. Connect again.".to_owned()),
                Err(failure) => fatal(self.target.explain(&failure).await),
            };
            sender.send(&last).await?;
            return Ok(End::Finished);
        }
    }

    async fn output(&self, bytes: Bytes, sender: &mut Sender) -> Result<(), Gone> {
        if self.binary.load(Ordering::Relaxed) {
            return sender.binary(bytes).await;
        }
        sender.send(&PtyServerMessage::Output { data: BASE64_STANDARD.encode(bytes) }).await
    }

    async fn read(&self, complain: &mpsc::Sender<String>, receiver: &mut Receiver) -> Gone {
        loop {
            let refused = match receiver.next().await {
                Err(gone) => return gone,
                Ok(Received::Malformed(reason)) => Some(reason),
                Ok(Received::Binary(bytes)) => {
                    self.binary.store(true, Ordering::Relaxed);
                    self.input(bytes).await
                }
                Ok(Received::Message(message)) => self.obey(message).await,
            };
            if let Some(reason) = refused {
                // The writer takes them as long as the session lasts.
                let _ = complain.send(reason).await;
            }
        }
    }

    /// Does what a message says; returns why not.
    async fn obey(&self, message: PtyClientMessage) -> Option<String> {
        let Target { app, team, id } = self.target;
        let done = match message {
            PtyClientMessage::Input { data } => match BASE64_STANDARD.decode(data) {
                Ok(bytes) => return self.input(bytes.into()).await,
                Err(_) => return Some("Send the input's data as base64.".to_owned()),
            },
            PtyClientMessage::Resize { cols: 0, .. } | PtyClientMessage::Resize { rows: 0, .. } => {
                return Some("Give a terminal at least one column and one row.".to_owned());
            }
            PtyClientMessage::Resize { cols, rows } => {
                app.control.resize_pty(team, id, &self.selector, cols, rows).await
            }
            PtyClientMessage::Kill => app.control.kill_process(team, id, &self.selector, Signal::Kill).await,
            PtyClientMessage::Ping => app.control.ping_capsule(team, id).await,
            PtyClientMessage::Pong | PtyClientMessage::Auth { .. } => Ok(()),
            PtyClientMessage::Start(_) | PtyClientMessage::Connect { .. } => {
                return Some("Open another connection for another session.".to_owned());
            }
        };
        done.err().map(|refusal| refusal.message().to_owned())
    }

    async fn input(&self, bytes: Bytes) -> Option<String> {
        // An empty frame only asks for output in binary frames; the program may have ended already.
        if bytes.is_empty() {
            return None;
        }
        let Target { app, team, id } = self.target;
        let sent = app.control.send_pty(team, id, &self.selector, bytes).await;
        sent.err().map(|refusal| refusal.message().to_owned())
    }
}

async fn refuse(reason: &str, mut sender: Sender, receiver: Receiver) {
    let end = match sender.send(&fatal(reason.to_owned())).await {
        Ok(()) => End::Finished,
        Err(gone) => gone.into(),
    };
    close(end, sender, receiver).await;
}

fn fatal(data: String) -> PtyServerMessage {
    PtyServerMessage::Error { data, fatal: true }
}
