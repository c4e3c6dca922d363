//! Whole files over a bare connection: after the agent has agreed, nothing but bytes passes on it.
//!
//! Uploads go in pieces, each a length of four bytes and so many bytes; a length of 0 ends the file, and the agent
//! answers with one line of JSON. Downloads are as many bytes as the agent said.

use std::{
    io::{self, IoSlice},
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use http::{
    HeaderValue, Request, Response, StatusCode,
    header::{CONNECTION, CONTENT_RANGE, UPGRADE},
};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::{io::AsyncReadExt as _, io::AsyncWriteExt as _, io::Interest, net::UnixStream};

use super::{AgentClient, AgentError, WrittenFile, pool::CallBody};

const PROTOCOL: HeaderValue = HeaderValue::from_static("wrenn-bulk");

/// How much is sent as one piece, where so much is there.
const PIECE: usize = 1 << 20;

/// How many buffers one system call takes.
const SLICES: usize = 64;

/// How much is read at a time.
const READ: usize = 512 << 10;

/// The agent's answer to an offer of a bare connection.
pub(super) enum Offer {
    /// The connection is bare now.
    Taken(Bare),
    /// It stays with plain HTTP; this is its answer to the request.
    Declined(Response<Incoming>),
}

/// A connection on which only bytes pass.
#[derive(Debug)]
pub(super) struct Bare {
    stream: UnixStream,
    /// What arrived together with the agent's answer.
    early: Bytes,
    head: http::response::Parts,
}

/// Offers the agent a bare connection for a request.
pub(super) async fn offer(
    client: &AgentClient,
    operation: &str,
    mut request: Request<CallBody>,
) -> Result<Offer, AgentError> {
    let lost = |error| AgentError::lost(operation, error);
    let headers = request.headers_mut();
    headers.extend(client.headers());
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, PROTOCOL);
    let stream = (client.dial)().await.map_err(AgentError::Unreachable)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
    tokio::spawn(async move {
        // The exchange sees the connection's failure itself.
        connection.with_upgrades().await.ok();
    });
    let mut response = sender.send_request(request).await.map_err(lost)?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(Offer::Declined(response));
    }
    let upgraded = hyper::upgrade::on(&mut response).await.map_err(lost)?;
    let parts = upgraded
        .downcast::<TokioIo<UnixStream>>()
        .map_err(|_| AgentError::malformed(operation, "the connection was not handed over"))?;
    let (head, _) = response.into_parts();
    Ok(Offer::Taken(Bare { stream: parts.io.into_inner(), early: parts.read_buf, head }))
}

/// Why an upload did not end well.
pub(super) enum UploadError<E> {
    /// The data ended in an error; the agent has been left without an end, so it keeps nothing.
    Data(E),
    /// There was less data, or more, than was said.
    Length,
    /// The transfer itself failed.
    Agent(AgentError),
}

impl Bare {
    /// Sends all of `data`, at most as fast as the agent writes it, and waits until the file is in its place.
    pub(super) async fn upload<S, E>(
        mut self,
        operation: &str,
        length: Option<u64>,
        data: S,
    ) -> Result<WrittenFile, UploadError<E>>
    where
        S: Stream<Item = Result<Bytes, E>>,
    {
        let lost = |error| UploadError::Agent(AgentError::lost(operation, error));
        let mut sent = 0;
        tokio::pin!(data);
        while let Some(first) = data.next().await {
            let mut batch = vec![first.map_err(UploadError::Data)?];
            let mut size = batch[0].len();
            while size < PIECE
                && batch.len() < SLICES - 1
                && let Some(Some(next)) = data.next().now_or_never()
            {
                let next = next.map_err(UploadError::Data)?;
                size += next.len();
                batch.push(next);
            }
            sent += size as u64;
            if size > 0 {
                self.piece(&batch, size).await.map_err(lost)?;
            }
        }
        if length.is_some_and(|length| length != sent) {
            return Err(UploadError::Length);
        }
        self.stream.write_all(&[0; 4]).await.map_err(lost)?;
        self.stream.shutdown().await.map_err(lost)?;
        let mut line = self.early.to_vec();
        self.stream.read_to_end(&mut line).await.map_err(lost)?;
        answer(operation, &line).map_err(UploadError::Agent)
    }

    /// Sends one piece.
    async fn piece(&self, batch: &[Bytes], size: usize) -> io::Result<()> {
        let length = u32::try_from(size).map_err(io::Error::other)?.to_be_bytes();
        let mut slices = Vec::with_capacity(batch.len() + 1);
        slices.push(IoSlice::new(&length));
        slices.extend(batch.iter().map(|bytes| IoSlice::new(bytes)));
        let mut rest = &mut slices[..];
        while !rest.is_empty() {
            match self.stream.try_write_vectored(rest) {
                Ok(count) => IoSlice::advance_slices(&mut rest, count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.stream.ready(Interest::WRITABLE).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What the agent sends: how many bytes, how large the whole file is, and the bytes.
    pub(super) fn download(self, operation: &'static str) -> Result<Download, AgentError> {
        let number = |name: &str| self.head.headers.get(name)?.to_str().ok();
        let length = number("wrenn-length").and_then(|text| text.parse().ok());
        let Some(length) = length else {
            return Err(AgentError::malformed(operation, "it does not say how many bytes come"));
        };
        let whole = number(CONTENT_RANGE.as_str()).and_then(|text| text.rsplit_once('/')?.1.parse().ok());
        let (stream, buffer) = (self.stream, BytesMut::from(&self.early[..]));
        Ok(Download { stream, operation, length, size: whole.unwrap_or(length), missing: length, buffer })
    }
}

/// The agent's line at the end of an upload.
#[derive(Debug, Deserialize)]
struct Answer {
    status: u16,
    #[serde(default)]
    files: Vec<WrittenFile>,
}

fn answer(operation: &str, line: &[u8]) -> Result<WrittenFile, AgentError> {
    if line.is_empty() {
        return Err(AgentError::lost(operation, "the agent left without an answer"));
    }
    let answer: Answer =
        serde_json::from_slice(line).map_err(|error| AgentError::malformed(operation, error))?;
    let status =
        StatusCode::from_u16(answer.status).map_err(|error| AgentError::malformed(operation, error))?;
    if !status.is_success() {
        return Err(AgentError::refused(status, line));
    }
    answer.files.into_iter().next().ok_or_else(|| AgentError::malformed(operation, "it names no file"))
}

/// The bytes of a download, as they arrive.
#[derive(Debug)]
pub(super) struct Download {
    stream: UnixStream,
    operation: &'static str,
    pub(super) length: u64,
    pub(super) size: u64,
    missing: u64,
    buffer: BytesMut,
}

impl Download {
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, AgentError>>> {
        if self.missing == 0 {
            return Poll::Ready(None);
        }
        while self.buffer.is_empty() {
            // Room that the reader has given back is used again.
            self.buffer.reserve(READ);
            ready!(self.stream.poll_read_ready(context))
                .map_err(|error| AgentError::lost(self.operation, error))?;
            match self.stream.try_read_buf(&mut self.buffer) {
                Ok(0) => {
                    self.missing = 0;
                    let cut = AgentError::lost(self.operation, "the file was cut off");
                    return Poll::Ready(Some(Err(cut)));
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Some(Err(AgentError::lost(self.operation, error)))),
            }
        }
        let wanted = usize::try_from(self.missing).unwrap_or(usize::MAX).min(self.buffer.len());
        let bytes = self.buffer.split_to(wanted).freeze();
        self.missing -= bytes.len() as u64;
        Poll::Ready(Some(Ok(bytes)))
    }
}
