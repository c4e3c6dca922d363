//! A byte stream to a port inside the capsule.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use http::{Method, Request};
use hyper::{client::conn::http1, upgrade::Upgraded};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::UnixStream,
};

use super::{
    AgentClient, AgentError,
    call::refusal,
    http1::no_body,
    pool::{CallBody, Lease},
};

const OPERATION: &str = "CONNECT";

impl AgentClient {
    /// Connects to a port on the capsule's loopback interface.
    ///
    /// # Errors
    /// `Unavailable` when nothing listens there.
    pub async fn tunnel(&self, port: u16) -> Result<Tunnel, AgentError> {
        let mut request = Request::builder()
            .method(Method::CONNECT)
            .uri(format!("127.0.0.1:{port}"))
            .body(no_body())
            .expect("a port is a valid target");
        request.headers_mut().extend(self.headers());
        let way = if self.is_only { self.shared(request).await? } else { self.bare(request).await? };
        Ok(Tunnel { way })
    }

    /// On a connection of its own, of which the bare socket is left.
    async fn bare(&self, request: Request<CallBody>) -> Result<Way, AgentError> {
        let lost = |error| AgentError::lost(OPERATION, error);
        let stream = (self.dial)().await.map_err(AgentError::Unreachable)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
        tokio::spawn(async move {
            // The exchange sees the connection's failure itself.
            connection.with_upgrades().await.ok();
        });
        let response = sender.send_request(request).await.map_err(lost)?;
        if !response.status().is_success() {
            return Err(refusal(OPERATION, response).await);
        }
        let upgraded = hyper::upgrade::on(response).await.map_err(lost)?;
        let parts = upgraded
            .downcast::<TokioIo<UnixStream>>()
            .map_err(|_| AgentError::malformed(OPERATION, "the connection was not handed over"))?;
        Ok(Way::Bare { early: parts.read_buf, stream: parts.io.into_inner() })
    }

    /// As one stream among the others.
    async fn shared(&self, request: Request<CallBody>) -> Result<Way, AgentError> {
        let (response, lease) = self.pool.send(OPERATION, request).await?;
        if !response.status().is_success() {
            return Err(refusal(OPERATION, response).await);
        }
        let upgraded =
            hyper::upgrade::on(response).await.map_err(|error| AgentError::lost(OPERATION, error))?;
        Ok(Way::Shared { stream: TokioIo::new(upgraded), _lease: lease })
    }
}

/// Bytes to and from a port inside. Shutting down the writing side tells the other end; reading goes on.
#[derive(Debug)]
pub struct Tunnel {
    way: Way,
}

#[derive(Debug)]
enum Way {
    Bare {
        /// What arrived together with the agent's answer.
        early: Bytes,
        stream: UnixStream,
    },
    Shared {
        stream: TokioIo<Upgraded>,
        _lease: Lease,
    },
}

impl AsyncRead for Tunnel {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.way {
            Way::Bare { early, stream } if early.is_empty() => Pin::new(stream).poll_read(context, buffer),
            Way::Bare { early, .. } => {
                let count = early.len().min(buffer.remaining());
                buffer.put_slice(&early[..count]);
                early.advance(count);
                Poll::Ready(Ok(()))
            }
            Way::Shared { stream, .. } => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Tunnel {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.way {
            Way::Bare { stream, .. } => Pin::new(stream).poll_write(context, bytes),
            Way::Shared { stream, .. } => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.way {
            Way::Bare { stream, .. } => Pin::new(stream).poll_flush(context),
            Way::Shared { stream, .. } => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.way {
            Way::Bare { stream, .. } => Pin::new(stream).poll_shutdown(context),
            Way::Shared { stream, .. } => Pin::new(stream).poll_shutdown(context),
        }
    }
}
