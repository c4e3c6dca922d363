//! Connections to ports, for the HTTP client.

use std::{
    fmt, io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wrenn_api::CapsuleId;
use wrenn_control::{Control, PortStream};

use crate::error::ApiError;

/// Opens a connection for the authority `{id}:{port}`.
#[derive(Clone)]
pub(crate) struct Connector(Arc<Control>);

impl Connector {
    /// Reaches the capsules of this control plane.
    pub(super) fn new(control: &Arc<Control>) -> Self {
        Self(Arc::clone(control))
    }
}

impl tower::Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = Refused;
    type Future = BoxFuture<'static, Result<Self::Response, Refused>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Refused>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let control = Arc::clone(&self.0);
        Box::pin(async move {
            let id = target.host().and_then(|host| host.parse::<CapsuleId>().ok());
            let (Some(id), Some(port)) = (id, target.port_u16()) else {
                return Err(Refused(ApiError::internal(format!("{target} is no port of a capsule"))));
            };
            let stream = control.connect_port(&id, port).await.map_err(|error| Refused(error.into()))?;
            Ok(TokioIo::new(Stream { stream, used: Used::default() }))
        })
    }
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) struct Refused(pub(super) ApiError);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.message())
    }
}

impl std::error::Error for Refused {}

/// Whether a connection has carried an answer before.
#[derive(Debug, Clone, Default)]
pub(super) struct Used(Arc<AtomicBool>);

impl Used {
    /// Notes that it has now; whether it had before.
    pub(super) fn note(&self) -> bool {
        self.0.swap(true, Ordering::Relaxed)
    }
}

/// A connection to a port.
pub(crate) struct Stream {
    stream: PortStream,
    used: Used,
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new().extra(self.used.clone())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
