//! Commands whose output is followed as it comes.

use std::{
    future::IntoFuture,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt, future::BoxFuture};

use super::options::command_options;
use crate::{
    Capsule, Error, Result,
    api::{
        BINARY_QUERY, STDERR_FRAME, STDOUT_FRAME, StreamClientMessage as ToServer,
        StreamServerMessage as FromServer, StreamStart,
    },
    stream::{Incoming, Receiver, Sender, open},
};

/// Asks for output byte by byte instead of as text.
const QUERY: &[(&str, &str)] = &[(BINARY_QUERY, "true")];

/// A streamed command in preparation, by [`super::Commands::stream`]; await it to start it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let mut events = capsule.commands().stream("python3").args(["-u", "train.py"]).cwd("/app").await?;
/// while let Some(event) = events.next().await {
///     println!("{:?}", event?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to start the command"]
pub struct StreamCommand {
    capsule: Capsule,
    request: StreamStart,
}

impl StreamCommand {
    pub(super) fn new(capsule: &Capsule, command: String) -> Self {
        Self { capsule: capsule.clone(), request: StreamStart { cmd: command, ..Default::default() } }
    }

    command_options!();

    /// Whether input will follow by [`CommandStream::input`] (yes); without, the command finds its input at its end.
    pub fn stdin(mut self, stdin: bool) -> Self {
        self.request.stdin = stdin;
        self
    }

    async fn run(self) -> Result<CommandStream> {
        let operation = format!("stream {:?} in", self.request.cmd);
        let stream = CommandStream::open(&self.capsule, &["exec", "stream"], &operation).await?;
        stream.input.sender.send(&ToServer::Start(self.request)).await?;
        Ok(stream)
    }
}

impl IntoFuture for StreamCommand {
    type Output = Result<CommandStream>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

/// Something that a followed command did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandEvent {
    /// It runs.
    Started {
        /// Its process id inside the capsule.
        pid: u32,
    },
    /// It wrote to its output.
    Stdout(Bytes),
    /// It wrote to its error output.
    Stderr(Bytes),
    /// It has ended; nothing follows.
    Exited {
        /// Its exit code; 128 and the signal's number when one killed it.
        exit_code: i32,
    },
}

/// The events of a command, in order, and the way to write to it.
///
/// Output that is not read waits in the capsule: reading slowly slows the command down and takes no memory here, but the
/// server gives up a reader that takes nothing for minutes, and the command goes on without it. When the
/// connection breaks before the command has ended, the last item is [`Error::Disconnected`]. Dropping it ends the
/// connection only.
///
/// ```no_run
/// use wrenn::CommandEvent;
///
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let mut events = capsule.commands().stream("tr").args(["a-z", "A-Z"]).await?;
/// events.send_stdin("hello\n").await?;
/// events.close_stdin().await?;
/// while let Some(event) = events.next().await {
///     match event? {
///         CommandEvent::Stdout(bytes) => print!("{}", String::from_utf8_lossy(&bytes)), // HELLO
///         CommandEvent::Exited { exit_code } => println!("exited {exit_code}"),
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct CommandStream {
    receiver: Receiver,
    input: CommandInput,
}

impl CommandStream {
    pub(super) async fn attach(capsule: &Capsule, selector: &str) -> Result<Self> {
        let operation = format!("attach to process {selector:?} of");
        Self::open(capsule, &["processes", selector, "stream"], &operation).await
    }

    async fn open(capsule: &Capsule, route: &[&str], operation: &str) -> Result<Self> {
        let segments = capsule.segments(route);
        let (sender, receiver) =
            open(capsule.client(), &segments, QUERY, capsule.operation(operation)).await?;
        Ok(Self { receiver, input: CommandInput { sender } })
    }

    /// The next event; `None` after the end. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<CommandEvent>> {
        StreamExt::next(self).await
    }

    /// A way to write to the command from elsewhere, while this is being read.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let mut events = capsule.commands().stream("cat").await?;
    /// let input = events.input();
    /// tokio::spawn(async move {
    ///     input.send("from another task\n").await?;
    ///     input.close().await
    /// });
    /// while let Some(event) = events.next().await {
    ///     println!("{:?}", event?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn input(&self) -> CommandInput {
        self.input.clone()
    }

    /// Writes to the command's input.
    pub async fn send_stdin(&self, data: impl AsRef<[u8]>) -> Result<()> {
        self.input.send(data).await
    }

    /// Ends the command's input.
    pub async fn close_stdin(&self) -> Result<()> {
        self.input.close().await
    }

    /// Ends the command; its exit is still to be read. Of a process that was attached to, only the connection ends:
    /// [`super::Commands::kill`] ends such a one.
    pub async fn stop(&self) -> Result<()> {
        self.input.stop().await
    }

    /// Counts as use of the capsule and keeps it from pausing.
    pub async fn ping(&self) -> Result<()> {
        self.input.sender.send(&ToServer::Ping).await
    }

    fn event(&mut self, message: Incoming<FromServer>) -> Result<CommandEvent> {
        let failed = |receiver: &mut Receiver, message: String| {
            receiver.finish();
            Err(Error::Stream { operation: receiver.operation().to_owned(), message })
        };
        Ok(match message {
            Incoming::Json(FromServer::Start { pid }) => CommandEvent::Started { pid },
            Incoming::Json(FromServer::Stdout { data }) => CommandEvent::Stdout(data.into()),
            Incoming::Json(FromServer::Stderr { data }) => CommandEvent::Stderr(data.into()),
            Incoming::Json(FromServer::Exit { exit_code }) => {
                self.receiver.finish();
                CommandEvent::Exited { exit_code }
            }
            Incoming::Json(FromServer::Error { data }) => return failed(&mut self.receiver, data),
            Incoming::Binary(mut frame) => match frame.split_to(frame.len().min(1)).first() {
                Some(&STDOUT_FRAME) => CommandEvent::Stdout(frame),
                Some(&STDERR_FRAME) => CommandEvent::Stderr(frame),
                _ => return failed(&mut self.receiver, "the server sent a frame of an unknown kind".into()),
            },
        })
    }
}

impl Stream for CommandStream {
    type Item = Result<CommandEvent>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match ready!(self.receiver.poll(cx)) {
            Some(Ok(message)) => Some(self.event(message)),
            Some(Err(error)) => Some(Err(error)),
            None => None,
        })
    }
}

/// A way to write to a followed command; clones write to the same one, by [`CommandStream::input`].
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let events = capsule.commands().stream("sh").await?;
/// events.input().send("exit 3\n").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct CommandInput {
    sender: Sender,
}

impl CommandInput {
    /// Writes to the command's input; waits while the command does not read.
    pub async fn send(&self, data: impl AsRef<[u8]>) -> Result<()> {
        self.sender.send_bytes(Bytes::copy_from_slice(data.as_ref())).await
    }

    /// Ends the command's input.
    pub async fn close(&self) -> Result<()> {
        self.sender.send(&ToServer::CloseStdin).await
    }

    /// Ends the command, as [`CommandStream::stop`] does.
    pub async fn stop(&self) -> Result<()> {
        self.sender.send(&ToServer::Stop).await
    }
}
