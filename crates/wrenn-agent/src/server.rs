//! Serves the agent's routes on a listener: HTTP/1.1 and HTTP/2, whichever the client speaks.

use std::{future::Future, io, time::Duration};

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
};

use crate::{agent::Agent, router};

/// Where connections come from.
#[derive(Debug)]
pub enum Listener {
    /// A unix socket, as the host of a capsule uses.
    Unix(UnixListener),
    /// TCP, for other clients and for development.
    Tcp(TcpListener),
}

/// How long a client may take to send a request's headers.
const HEADER_TIME: Duration = Duration::from_secs(30);

/// Answers every connection until `shutdown` completes. Processes live on.
pub async fn serve(listener: Listener, agent: Agent, shutdown: impl Future<Output = ()>) {
    let router = router::router(&agent);
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => return,
            accepted = accept(&listener) => accepted,
        };
        match accepted {
            Ok(stream) => {
                tokio::spawn(connection(stream, agent.clone(), router.clone()));
            }
            Err(error) => {
                // Out of descriptors, most likely: give those in use time to close.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

async fn accept(listener: &Listener) -> io::Result<Box<dyn Stream>> {
    match listener {
        Listener::Unix(listener) => Ok(Box::new(listener.accept().await?.0)),
        Listener::Tcp(listener) => {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream))
        }
    }
}

async fn connection(stream: Box<dyn Stream>, agent: Agent, router: axum::Router) {
    let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        router::answer(agent.clone(), router.clone(), request.map(axum::body::Body::new))
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIME).half_close(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(16_384)
        .initial_stream_window_size(1 << 18)
        .initial_connection_window_size(1 << 30)
        .max_frame_size(1 << 17)
        .max_header_list_size(64 << 10)
        .max_send_buf_size(128 << 10);
    if let Err(error) = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
