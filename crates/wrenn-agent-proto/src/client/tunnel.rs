//! A byte stream to a port inside the capsule.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Buf as _, Bytes};
use http::{Method, Request};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::UnixStream,
};

use super::{AgentClient, AgentError, call::refusal};

impl AgentClient {
    /// Connects to a port on the capsule's loopback interface.
    ///
    /// # Errors
    /// `Unavailable` when nothing listens there.
    pub async fn tunnel(&self, port: u16) -> Result<Tunnel, AgentError> {
        const OPERATION: &str = "CONNECT";
        let mut request = Request::builder()
            .method(Method::CONNECT)
            .uri(format!("127.0.0.1:{port}"))
            .body(Empty::<Bytes>::new())
            .expect("a port is a valid target");
        request.headers_mut().extend(self.headers());
        let stream = (self.dial)().await.map_err(AgentError::Unreachable)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| AgentError::lost(OPERATION, error))?;
        tokio::spawn(async move {
            // The exchange sees the connection's failure itself.
            connection.with_upgrades().await.ok();
        });
        let response =
            sender.send_request(request).await.map_err(|error| AgentError::lost(OPERATION, error))?;
        if !response.status().is_success() {
            return Err(refusal(OPERATION, response).await);
        }
        let upgraded =
            hyper::upgrade::on(response).await.map_err(|error| AgentError::lost(OPERATION, error))?;
        let parts = upgraded
            .downcast::<TokioIo<UnixStream>>()
            .map_err(|_| AgentError::malformed(OPERATION, "the connection was not handed over"))?;
        Ok(Tunnel { early: parts.read_buf, stream: parts.io.into_inner() })
    }
}

/// Bytes to and from a port inside. Shutting down the writing side tells the other end; reading goes on.
#[derive(Debug)]
pub struct Tunnel {
    /// What arrived together with the agent's answer.
    early: Bytes,
    stream: UnixStream,
}

impl AsyncRead for Tunnel {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.early.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let count = self.early.len().min(buffer.remaining());
        buffer.put_slice(&self.early[..count]);
        self.early.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tunnel {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
