//! The one HTTP/2 connection that all calls share.

use std::{
    os::fd::{AsFd as _, OwnedFd},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, combinators::UnsyncBoxBody};
use hyper::{body::Incoming, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use super::{AgentError, Dial};

/// The body of a call. Its error ends the call's stream, so that the agent sees it cut off.
pub(super) type CallBody = UnsyncBoxBody<Bytes, std::io::Error>;

/// A body that cannot fail.
pub(super) fn sure_body<B>(body: B) -> CallBody
where
    B: http_body::Body<Data = Bytes, Error = std::convert::Infallible> + Send + 'static,
{
    CallBody::new(body.map_err(|never| match never {}))
}

type Sender = http2::SendRequest<CallBody>;

/// Unread bytes that one stream may have under way. A reader that stops holds back its own stream only: the
/// connection's window has room for thousands of full streams.
const STREAM_WINDOW: u32 = 256 << 10;
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;
const MAX_FRAME: u32 = 128 << 10;
const MAX_STREAMS: usize = 16_384;

/// A connection that carried more calls than this at once is given up when they are over: both ends keep for good
/// what they needed at their busiest, and an agent's memory is dear.
const BUSY: usize = 128;

/// While calls are under way, a virtual machine is sent something this often. Played in software, one was seen to sleep on until
/// it was sent the next thing, minutes later; and one that hangs is noticed by its silence, which a long halt for a snapshot is not.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(300);

#[derive(Clone)]
pub(super) struct Pool {
    dial: Arc<Dial>,
    /// There is one connection at a time, to a virtual machine.
    is_only: bool,
    /// More calls at once than this, and the connection is given up when they are over.
    busy: usize,
    connection: Arc<Mutex<Option<Arc<Connection>>>>,
    /// Held while dialling, so that many callers share one connection from the start.
    dialling: Arc<tokio::sync::Mutex<()>>,
}

struct Connection {
    sender: Sender,
    /// The same socket, to end it whatever the tasks do that use it.
    socket: OwnedFd,
    load: Mutex<Load>,
}

#[derive(Default)]
struct Load {
    now: usize,
    most: usize,
}

/// A call's share of the connection, held until its answer is read.
pub(super) struct Lease {
    pool: Pool,
    connection: Arc<Connection>,
}

impl Pool {
    /// `is_only`: there is one connection at a time, which is not replaced before it broke.
    pub(super) fn new(dial: Arc<Dial>, is_only: bool) -> Self {
        let busy = if is_only { usize::MAX } else { BUSY };
        Self { dial, is_only, busy, connection: Arc::default(), dialling: Arc::default() }
    }

    /// Sends a request on the shared connection. One that was closed meanwhile is replaced, once, if the request has
    /// not left.
    pub(super) async fn send(
        &self,
        operation: &str,
        mut request: Request<CallBody>,
    ) -> Result<(Response<Incoming>, Lease), AgentError> {
        for attempt in 0..2 {
            let lease = self.lease().await?;
            match lease.connection.sender.clone().try_send_request(request).await {
                Ok(response) => return Ok((response, lease)),
                Err(mut error) => match error.take_message() {
                    Some(unsent) if attempt == 0 => {
                        request = unsent;
                        self.forget(&lease.connection);
                    }
                    _ => return Err(AgentError::lost(operation, error.into_error())),
                },
            }
        }
        unreachable!("the second attempt always returns")
    }

    async fn lease(&self) -> Result<Lease, AgentError> {
        if let Some(lease) = self.lease_open() {
            return Ok(lease);
        }
        let dialling = self.dialling.lock().await;
        if let Some(lease) = self.lease_open() {
            return Ok(lease);
        }
        let stream = (self.dial)().await.map_err(AgentError::Unreachable)?;
        let socket = stream.as_fd().try_clone_to_owned().map_err(AgentError::Unreachable)?;
        let mut builder = http2::Builder::new(TokioExecutor::new());
        if self.is_only {
            builder.timer(TokioTimer::new()).keep_alive_interval(SIGN_OF_LIFE).keep_alive_timeout(SILENCE);
        }
        let (sender, connection) = builder
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .initial_max_send_streams(MAX_STREAMS)
            .max_frame_size(MAX_FRAME)
            .max_concurrent_reset_streams(MAX_STREAMS)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| AgentError::lost("the opening of a connection", error))?;
        tokio::spawn(async move {
            // Every call on the connection sees its failure itself.
            connection.await.ok();
        });
        let connection = Arc::new(Connection { sender, socket, load: Mutex::default() });
        let lease = Lease::new(self, &connection);
        *lock(&self.connection) = Some(connection);
        drop(dialling);
        Ok(lease)
    }

    /// Closes the connection, whatever is under way on it.
    pub(super) fn close(&self) {
        if let Some(connection) = lock(&self.connection).take() {
            // It fails when the other end has left already.
            rustix::net::shutdown(&connection.socket, rustix::net::Shutdown::Both).ok();
        }
    }

    fn lease_open(&self) -> Option<Lease> {
        let slot = lock(&self.connection);
        let open = slot.as_ref().filter(|connection| !connection.sender.is_closed());
        open.map(|connection| Lease::new(self, connection))
    }

    fn forget(&self, connection: &Arc<Connection>) {
        let mut slot = lock(&self.connection);
        if slot.as_ref().is_some_and(|current| Arc::ptr_eq(current, connection)) {
            *slot = None;
        }
    }
}

impl Lease {
    fn new(pool: &Pool, connection: &Arc<Connection>) -> Self {
        let mut load = lock(&connection.load);
        load.now += 1;
        load.most = load.most.max(load.now);
        drop(load);
        Self { pool: pool.clone(), connection: Arc::clone(connection) }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut load = lock(&self.connection.load);
        load.now -= 1;
        let is_over = load.now == 0 && load.most > self.pool.busy;
        drop(load);
        if is_over {
            self.pool.forget(&self.connection);
        }
    }
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
