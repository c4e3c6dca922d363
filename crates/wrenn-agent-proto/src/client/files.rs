//! The bytes of files, both ways, as streams.

use std::{
    error::Error,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use http::{
    Request, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE},
};
use http_body::{Body as _, Frame};
use http_body_util::StreamBody;
use hyper::body::Incoming;
use serde::Deserialize;

use super::{
    AgentClient, AgentError,
    bulk::{self, Download, Offer, UploadError},
    call::{collect, refusal},
    http1::no_body,
    pool::{CallBody, Lease},
};

const READ: &str = "GET /files";
const WRITE: &str = "POST /files";
const LENGTH: &str = "it is not as long as was said";

/// A part of a file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first byte.
    pub start: u64,
    /// The last byte; the file's end when it is `None`.
    pub last: Option<u64>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WrittenFile {
    /// Its name.
    pub name: String,
    /// Always `file`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Its absolute path.
    pub path: String,
}

impl AgentClient {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// `NotFound`, `InvalidArgument` for a directory, `PermissionDenied`, `OutOfRange` for a range behind the end.
    pub async fn read_file(&self, path: &str, range: Option<Range>) -> Result<FileBody, AgentError> {
        let mut request = Request::get(target(path)).body(no_body()).expect("an encoded path is valid");
        if let Some(Range { start, last }) = range {
            let last = last.map(|last| last.to_string()).unwrap_or_default();
            let value = format!("bytes={start}-{last}").parse().expect("numbers are a valid header value");
            request.headers_mut().insert(RANGE, value);
        }
        let (response, lease) = if self.is_only {
            self.exchange(READ, request).await?
        } else {
            match bulk::offer(self, READ, request).await? {
                Offer::Taken(bare) => return Ok(FileBody { content: Content::Bare(bare.download(READ)?) }),
                Offer::Declined(response) => (response, None),
            }
        };
        if !response.status().is_success() {
            return Err(refusal(READ, response).await);
        }
        let number = |name| response.headers().get(name)?.to_str().ok();
        let length = number(CONTENT_LENGTH).and_then(|text| text.parse().ok());
        let size = if response.status() == StatusCode::PARTIAL_CONTENT {
            number(CONTENT_RANGE).and_then(|text| text.rsplit_once('/')?.1.parse().ok())
        } else {
            length
        };
        Ok(FileBody { content: Content::Plain { length, size, body: response.into_body(), _lease: lease } })
    }

    /// Writes a file whole: it is replaced at once when the last byte has arrived, and left as it was if `data` ends in
    /// an error or before `length` bytes. Directories above it are made.
    ///
    /// # Errors
    /// `InvalidArgument`, `PermissionDenied`, `ResourceExhausted` on a full disk, [`AgentError::Body`].
    pub async fn write_file<S, E>(
        &self,
        path: &str,
        length: Option<u64>,
        data: S,
    ) -> Result<WrittenFile, AgentError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + Send + Sync + 'static,
    {
        if self.is_only {
            return self.write_plain(path, length, data).await;
        }
        let offer = Request::post(target(path)).body(no_body()).expect("an encoded path is valid");
        let bare = match bulk::offer(self, WRITE, offer).await? {
            Offer::Taken(bare) => bare,
            Offer::Declined(response) if response.status() == StatusCode::NOT_IMPLEMENTED => {
                return self.write_plain(path, length, data).await;
            }
            Offer::Declined(response) => return Err(refusal(WRITE, response).await),
        };
        bare.upload(WRITE, length, data).await.map_err(|error| match error {
            UploadError::Agent(error) => error,
            UploadError::Data(error) => {
                AgentError::Body { operation: WRITE.to_owned(), source: error.into() }
            }
            UploadError::Length => AgentError::Body { operation: WRITE.to_owned(), source: LENGTH.into() },
        })
    }

    /// The same as the body of a plain request, where the agent is not at the other end of the socket itself.
    async fn write_plain<S, E>(
        &self,
        path: &str,
        length: Option<u64>,
        data: S,
    ) -> Result<WrittenFile, AgentError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + Send + Sync + 'static,
    {
        let failure = Arc::new(Mutex::new(None));
        let cause = Arc::clone(&failure);
        let fail = move |error| {
            *cause.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            std::io::Error::other("the data ended in an error")
        };
        let frames = whole(length, data).map_ok(Frame::data).map_err(fail);
        let body = CallBody::new(StreamBody::new(frames));
        let mut request = Request::post(target(path)).body(body).expect("an encoded path is valid");
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, http::HeaderValue::from_static("application/octet-stream"));
        headers.extend(length.map(|length| (CONTENT_LENGTH, length.into())));
        let answer = self.exchange(WRITE, request).await;
        if let Some(source) = failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(AgentError::Body { operation: WRITE.to_owned(), source });
        }
        let (response, _lease) = answer?;
        if !response.status().is_success() {
            return Err(refusal(WRITE, response).await);
        }
        let body = collect(WRITE, response.into_body()).await?;
        let written: Vec<WrittenFile> =
            serde_json::from_slice(&body).map_err(|error| AgentError::malformed(WRITE, error))?;
        written.into_iter().next().ok_or_else(|| AgentError::malformed(WRITE, "it names no file"))
    }
}

/// The same data, which end in an error when they are not as long as was said.
fn whole<S, E>(
    length: Option<u64>,
    data: S,
) -> impl Stream<Item = Result<Bytes, Box<dyn Error + Send + Sync>>> + Send
where
    S: Stream<Item = Result<Bytes, E>> + Send,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    let data = data.map_err(Into::into).inspect_ok(move |bytes| {
        counted.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    });
    let end = stream::once(async move {
        let is_short = length.is_some_and(|length| length != count.load(Ordering::Relaxed));
        if is_short { Err(LENGTH.into()) } else { Ok(Bytes::new()) }
    });
    data.chain(end)
}

/// A file's bytes, as they arrive.
#[derive(Debug)]
pub struct FileBody {
    content: Content,
}

#[derive(Debug)]
enum Content {
    Bare(Download),
    Plain { length: Option<u64>, size: Option<u64>, body: Incoming, _lease: Option<Lease> },
}

impl FileBody {
    /// How many bytes will come, where that is known.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        match &self.content {
            Content::Bare(download) => Some(download.length),
            Content::Plain { length, .. } => *length,
        }
    }

    /// The size of the whole file, also when only a part was asked for.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match &self.content {
            Content::Bare(download) => Some(download.size),
            Content::Plain { size, .. } => *size,
        }
    }
}

impl Stream for FileBody {
    type Item = Result<Bytes, AgentError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = match &mut self.content {
            Content::Bare(download) => return download.poll(context),
            Content::Plain { body, .. } => body,
        };
        loop {
            return Poll::Ready(match std::task::ready!(Pin::new(&mut *body).poll_frame(context)) {
                None => None,
                Some(Err(error)) => Some(Err(AgentError::lost(READ, error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => Some(Ok(data)),
                    // The last of a connection's frames may be an empty one.
                    Ok(_) | Err(_) => continue,
                },
            });
        }
    }
}

fn target(path: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("path", path).finish();
    format!("/files?{query}")
}
