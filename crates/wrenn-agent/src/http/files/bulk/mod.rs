//! Whole files over a connection of their own, for our own host.
//!
//! HTTP costs a copy and a wake-up for every piece of a body. So a request with `Upgrade: wrenn-bulk` is
//! answered with 101, and from then on the connection belongs to one thread, which lets the kernel carry the
//! bytes between socket and file.
//!
//! ```text
//!   POST /files   host: pieces, each a length (4 bytes, big-endian) and so many bytes; a length of 0 ends
//!                 agent: one line of JSON, {"status":200,"files":[…]} or {"status":507,"message":"…"}
//!   GET /files    agent: `Wrenn-Length` bytes
//! ```
//! An upload that breaks off before the length of 0 leaves nothing behind.

mod receive;
mod send;
mod splice;

use std::io;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::{
    HeaderValue, StatusCode,
    header::{CONNECTION, UPGRADE},
};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;

pub(super) use receive::receive;
pub(super) use send::send;

const PROTOCOL: &str = "wrenn-bulk";

/// A peer that takes or gives nothing for so long is given up. A paused capsule's clock goes on, so this is
/// only to be sure that no thread stays forever.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// The thread needs little: its buffers are the kernel's.
const STACK: usize = 128 << 10;

/// Whether a request offers a bare connection.
pub(super) enum Offer {
    None,
    Good(OnUpgrade),
    /// The bytes of this connection go through layers of ours: only a unix socket can be had bare.
    Bad,
}

impl Offer {
    pub(super) fn of(request: &mut Request) -> Self {
        if request.headers().get(UPGRADE).is_none_or(|value| value.as_bytes() != PROTOCOL.as_bytes()) {
            return Self::None;
        }
        let unix = request.extensions().get::<crate::server::OnUnixSocket>().is_some();
        match request.extensions_mut().remove() {
            Some(upgrade) if unix => Self::Good(upgrade),
            _ => Self::Bad,
        }
    }
}

fn switching() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
    response.headers_mut().insert(UPGRADE, HeaderValue::from_static(PROTOCOL));
    response
}

/// The bare socket, and what had been read from it already.
struct Socket {
    stream: UnixStream,
    early: Bytes,
}

impl Socket {
    /// Gives the connection, once it is free, to a thread of its own.
    async fn hand_over(upgrade: OnUpgrade, work: impl FnOnce(Self) + Send + 'static) -> io::Result<()> {
        let upgraded = upgrade.await.map_err(io::Error::other)?;
        let parts = downcast::<TokioIo<tokio::net::UnixStream>>(upgraded)
            .map_err(|_| io::Error::other("the connection is no bare socket"))?;
        let stream = parts.io.into_inner().into_std()?;
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let socket = Self { stream, early: parts.read_buf };
        let thread = std::thread::Builder::new().name("bulk".to_owned()).stack_size(STACK);
        thread.spawn(move || work(socket)).map(drop)
    }
}

/// Starts the transfer in the background; the response has to leave first.
fn start(upgrade: OnUpgrade, work: impl FnOnce(Socket) + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = Socket::hand_over(upgrade, work).await {
            tracing::debug!(%error, "a bulk transfer was given up before it began");
        }
    });
}
