//! One connection after another on the one port; see [`wrenn_agent_proto::link`] for how each begins.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
};
use wrenn_agent_proto::link::{ANSWER, GREETING, NONCE};

use super::{frames::Frames, port::Port};

/// What the port gives at a time.
const PIECE: usize = 4096;

/// The port, between connections.
#[derive(Debug)]
pub(super) struct Line {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    port: Port,
    /// Bytes that were read and belong to nobody yet.
    held: Mutex<Vec<u8>>,
}

impl Line {
    pub(super) fn new(port: Port) -> Self {
        Self { shared: Arc::new(Shared { port, held: Mutex::default() }) }
    }

    /// Waits for the next connection and begins it. The one before has to be gone. Cancel-safe but for the answer, which
    /// another one follows.
    pub(super) async fn accept(&self) -> io::Result<Link> {
        let nonce = loop {
            if let Some(nonce) = self.greeting() {
                break nonce;
            }
            self.read().await?;
        };
        let answer = [&ANSWER[..], &nonce].concat();
        let mut rest = &answer[..];
        while !rest.is_empty() {
            let written = poll_fn(|context| self.shared.port.poll_write(context, rest)).await?;
            rest = &rest[written..];
        }
        Ok(Link {
            shared: Arc::clone(&self.shared),
            frames: Frames::new(),
            is_over: Arc::default(),
            ended: false,
        })
    }

    /// Takes a whole greeting out of what is held, with all that is before it.
    fn greeting(&self) -> Option<[u8; NONCE]> {
        let mut held = self.shared.held();
        let found = held.windows(GREETING.len()).position(|bytes| bytes == GREETING);
        // All but what may be the beginning of one.
        let useless = found.unwrap_or_else(|| held.len().saturating_sub(GREETING.len() - 1));
        held.drain(..useless);
        let nonce = held.get(GREETING.len()..GREETING.len() + NONCE)?.try_into().ok()?;
        held.drain(..GREETING.len() + NONCE);
        Some(nonce)
    }

    async fn read(&self) -> io::Result<()> {
        let mut piece = [0; PIECE];
        let count = poll_fn(|context| self.shared.port.poll_read(context, &mut piece)).await?;
        if count == 0 {
            // Nothing of what the host said before it left means anything now.
            self.shared.held().clear();
            return poll_fn(|context| self.shared.port.poll_change(context)).await;
        }
        self.shared.held().extend_from_slice(&piece[..count]);
        Ok(())
    }
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, Vec<u8>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection. It ends when the host goes away, or greets anew.
#[derive(Debug)]
pub(super) struct Link {
    shared: Arc<Shared>,
    frames: Frames,
    is_over: Arc<Notify>,
    ended: bool,
}

impl Link {
    /// Is notified at the end.
    pub(super) fn is_over(&self) -> Arc<Notify> {
        Arc::clone(&self.is_over)
    }

    /// Passes on what belongs to this connection, and keeps the rest for the next.
    fn sort(&mut self, bytes: &[u8], buffer: &mut ReadBuf<'_>) {
        let own = self.frames.take(bytes);
        buffer.put_slice(&bytes[..own]);
        if own < bytes.len() {
            self.shared.held().extend_from_slice(&bytes[own..]);
            self.end();
        }
    }

    fn end(&mut self) {
        self.ended = true;
        self.is_over.notify_one();
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ended {
            return Poll::Ready(Ok(()));
        }
        let mut piece = [0; PIECE];
        let room = piece.len().min(buffer.remaining());
        let count = ready!(self.shared.port.poll_read(context, &mut piece[..room]))?;
        if count == 0 {
            self.end();
        } else {
            self.sort(&piece[..count], buffer);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Link {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.shared.port.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
