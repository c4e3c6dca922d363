//! A connection to a terminal.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::{
    Capsule, Error, Result,
    api::{PtyClientMessage as ToServer, PtyServerMessage as FromServer, PtyStart},
    stream::{Incoming, Receiver, Sender, open},
};

/// Something that a terminal did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PtyEvent {
    /// It showed something: text and control sequences.
    Data(Bytes),
    /// Its program has ended; nothing follows.
    Exited {
        /// Its exit code; 128 and the signal's number when one killed it.
        exit_code: i32,
    },
    /// Something that was asked of it did not work; it goes on.
    Warning {
        /// What the server says of it.
        message: String,
    },
}

/// A connection to a terminal: its events in order, and the way to write to it.
///
/// Dropping it or closing it ends the connection only. When the connection breaks before the terminal's program has
/// ended, the last event is [`Error::Disconnected`]; [`super::Pty::connect`] joins again.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let mut terminal = capsule.pty().start().tag("work").await?;
/// terminal.input("make\n").await?;
/// terminal.resize(100, 30).await?;
/// println!("{:?} from process {} of {}", terminal.next().await, terminal.pid(), terminal.tag());
/// terminal.kill().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PtySession {
    receiver: Receiver,
    writer: PtyWriter,
    tag: String,
    pid: u32,
}

impl PtySession {
    pub(super) async fn start(capsule: &Capsule, request: PtyStart) -> Result<Self> {
        Self::open(capsule, "open a terminal in", ToServer::Start(request)).await
    }

    pub(super) async fn join(capsule: &Capsule, tag: String) -> Result<Self> {
        let verb = format!("join terminal {tag:?} of");
        Self::open(capsule, &verb, ToServer::Connect { tag }).await
    }

    async fn open(capsule: &Capsule, verb: &str, first: ToServer) -> Result<Self> {
        let segments = capsule.segments(&["pty"]);
        let (sender, mut receiver) = open(capsule.client(), &segments, &[], capsule.operation(verb)).await?;
        sender.send(&first).await?;
        // The first binary frame asks for output as binary frames; this one types nothing.
        sender.send_bytes(Bytes::new()).await?;
        let failed = |message: String| Error::Stream { operation: capsule.operation(verb), message };
        loop {
            match std::future::poll_fn(|cx| receiver.poll(cx)).await {
                Some(Ok(Incoming::Json(FromServer::Started { tag, pid }))) => {
                    return Ok(Self { receiver, writer: PtyWriter { sender }, tag, pid });
                }
                Some(Ok(Incoming::Json(FromServer::Error { data, .. }))) => return Err(failed(data)),
                Some(Ok(Incoming::Json(FromServer::Ping))) => sender.send(&ToServer::Pong).await?,
                Some(Ok(_)) => return Err(failed("the server did not say that it started".into())),
                Some(Err(error)) => return Err(error),
                None => return Err(failed("the connection closed".into())),
            }
        }
    }

    /// The name to join this terminal by.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The process id of its program inside the capsule.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The next event; `None` after the end. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<PtyEvent>> {
        StreamExt::next(self).await
    }

    /// A way to write to the terminal from elsewhere, while this is being read.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let mut terminal = capsule.pty().start().await?;
    /// let writer = terminal.writer();
    /// tokio::spawn(async move { writer.input("date\n").await });
    /// while let Some(event) = terminal.next().await {
    ///     println!("{:?}", event?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn writer(&self) -> PtyWriter {
        self.writer.clone()
    }

    /// Types something.
    pub async fn input(&self, data: impl AsRef<[u8]>) -> Result<()> {
        self.writer.input(data).await
    }

    /// Tells the terminal the size of its window.
    pub async fn resize(&self, cols: u16, rows: u16) -> Result<()> {
        self.writer.resize(cols, rows).await
    }

    /// Ends the terminal's program; its exit is still to be read.
    pub async fn kill(&self) -> Result<()> {
        self.writer.kill().await
    }

    /// Ends the connection; the terminal goes on.
    pub async fn close(self) -> Result<()> {
        self.writer.sender.close().await
    }

    /// What a message means to the user of the session; nothing for the messages between the two ends.
    fn event(&mut self, message: Incoming<FromServer>) -> Result<Option<PtyEvent>> {
        Ok(Some(match message {
            Incoming::Binary(bytes) => PtyEvent::Data(bytes),
            Incoming::Json(FromServer::Output { data }) => match BASE64_STANDARD.decode(&data) {
                Ok(bytes) => PtyEvent::Data(bytes.into()),
                Err(_) => return Err(self.failed("the server sent output that is no base64".into())),
            },
            Incoming::Json(FromServer::Exit { exit_code }) => {
                self.receiver.finish();
                PtyEvent::Exited { exit_code }
            }
            Incoming::Json(FromServer::Error { data, fatal: true }) => return Err(self.failed(data)),
            Incoming::Json(FromServer::Error { data, fatal: false }) => PtyEvent::Warning { message: data },
            Incoming::Json(FromServer::Ping) => {
                let sender = self.writer.sender.clone();
                // Not waited for: output goes on meanwhile, and a broken connection shows there.
                tokio::spawn(async move { sender.send(&ToServer::Pong).await });
                return Ok(None);
            }
            Incoming::Json(FromServer::Started { .. }) => return Ok(None),
        }))
    }

    fn failed(&mut self, message: String) -> Error {
        self.receiver.finish();
        Error::Stream { operation: self.receiver.operation().to_owned(), message }
    }
}

impl Stream for PtySession {
    type Item = Result<PtyEvent>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let event = match ready!(self.receiver.poll(cx)) {
                Some(message) => message.and_then(|message| self.event(message)).transpose(),
                None => return Poll::Ready(None),
            };
            if event.is_some() {
                return Poll::Ready(event);
            }
        }
    }
}

/// A way to write to a terminal; clones write to the same one, by [`PtySession::writer`].
///
/// ```no_run
/// # async fn example(terminal: wrenn::PtySession) -> wrenn::Result<()> {
/// let writer = terminal.writer();
/// writer.input("top\n").await?;
/// writer.resize(132, 50).await?;
/// writer.kill().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct PtyWriter {
    sender: Sender,
}

impl PtyWriter {
    /// Types something.
    pub async fn input(&self, data: impl AsRef<[u8]>) -> Result<()> {
        self.sender.send_bytes(Bytes::copy_from_slice(data.as_ref())).await
    }

    /// Tells the terminal the size of its window.
    pub async fn resize(&self, cols: u16, rows: u16) -> Result<()> {
        self.sender.send(&ToServer::Resize { cols, rows }).await
    }

    /// Ends the terminal's program.
    pub async fn kill(&self) -> Result<()> {
        self.sender.send(&ToServer::Kill).await
    }
}
