//! Serves the agent's routes on a listener: HTTP/1.1 and HTTP/2, whichever the client speaks.

use std::{future::Future, io, sync::Arc, time::Duration};

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream, UnixListener, UnixStream},
    sync::{Notify, watch},
    time::timeout,
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

/// How long the answers under way may take once the server is to end.
pub(crate) const LAST_WORDS: Duration = Duration::from_millis(200);

/// What a connection comes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// A unix socket, which the host may have bare.
    Unix,
    /// TCP.
    Tcp,
    /// The serial port of a virtual machine, on which only HTTP/2 is spoken.
    Port,
}

/// Marks the requests that came over a unix socket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnUnixSocket;

/// Answers every connection until `shutdown` completes, and then lets those that are open say what they have to say.
/// Processes live on.
pub async fn serve(listener: Listener, agent: Agent, shutdown: impl Future<Output = ()>) {
    let router = router::router(&agent);
    let (ending, told) = watch::channel(());
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener) => accepted,
        };
        match accepted {
            Ok(Stream::Unix(stream)) => {
                tokio::spawn(connection(stream, Via::Unix, agent.clone(), router.clone(), told.clone()));
            }
            Ok(Stream::Tcp(stream)) => {
                tokio::spawn(connection(stream, Via::Tcp, agent.clone(), router.clone(), told.clone()));
            }
            Err(error) => {
                // Out of descriptors, most likely: give those in use time to close.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(told);
    // Fails when there is no connection, which then need not be waited for.
    if ending.send(()).is_ok() {
        let _ = timeout(LAST_WORDS, ending.closed()).await;
    }
}

enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

async fn accept(listener: &Listener) -> io::Result<Stream> {
    match listener {
        Listener::Unix(listener) => Ok(Stream::Unix(listener.accept().await?.0)),
        Listener::Tcp(listener) => {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            Ok(Stream::Tcp(stream))
        }
    }
}

/// The type of the stream stays known to the upgrades of its requests: some need the bare socket.
pub(crate) async fn connection<S>(
    stream: S,
    via: Via,
    agent: Agent,
    router: axum::Router,
    mut ending: watch::Receiver<()>,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let has_asked = Arc::new(Notify::new());
    let asks = Arc::clone(&has_asked);
    let service = hyper::service::service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
        asks.notify_one();
        if via == Via::Unix {
            request.extensions_mut().insert(OnUnixSocket);
        }
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
        .max_send_buf_size(128 << 10)
        .max_pending_accept_reset_streams(16_384)
        .max_local_error_reset_streams(16_384);
    if via == Via::Port {
        builder = builder.http2_only();
    }
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = ending.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        // Before it has spoken, the protocol is not known, nor has it time limits.
        () = silence(&has_asked), if via != Via::Port => return,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Completes when no request has come for too long; never once one has.
async fn silence(has_asked: &Notify) {
    if timeout(HEADER_TIME, has_asked.notified()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}
