//! A file on its way in, from a form or as the bare body, never held whole.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::BoxStream};
use http::{Uri, header};
use http_body::Body as _;
use wrenn_api::ErrorCode;

use super::path;
use crate::{
    app::App,
    error::{ApiError, Result},
    extract::pairs,
    multipart::{Multipart, MultipartError},
};

/// What a request wants written.
pub(crate) struct Upload {
    /// Where to.
    pub(crate) path: String,
    /// How many bytes, where that is known beforehand.
    pub(crate) length: Option<u64>,
    /// The bytes, in the pieces in which they came from the network.
    pub(crate) data: Content,
    /// Why the bytes ended early, if they did.
    pub(crate) failure: Failure,
}

impl FromRequest<App> for Upload {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let limit = app.config.max_upload_bytes;
        let (parts, body) = request.into_parts();
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default();
        let announced = body.size_hint().exact();
        let from_query = path_of(&parts.uri)?;
        let frames = body.into_data_stream().map(|frame| frame.map_err(|_| cut_off())).boxed();

        let Some(boundary) = Multipart::boundary(content_type) else {
            let bare = content_type.eq_ignore_ascii_case("application/octet-stream");
            let path = from_query.filter(|_| bare).ok_or_else(neither)?;
            if announced.is_some_and(|length| length > limit) {
                return Err(too_large(limit));
            }
            return Self::new(path, announced, frames, limit);
        };
        let mut form = Multipart::new(frames, &boundary);
        let in_form = read_head(&mut form).await?;
        let path = in_form.or(from_query).ok_or_else(path_missing)?;
        let content = form.map(|piece| piece.map_err(refused)).boxed();
        Self::new(path, None, content, limit)
    }
}

impl Upload {
    fn new(
        path: String,
        length: Option<u64>,
        source: BoxStream<'static, Result<Bytes>>,
        limit: u64,
    ) -> Result<Self> {
        path::check(&path)?;
        let failure = Failure::default();
        let data = Content { source, limit, left: limit, failure: failure.clone() };
        Ok(Self { path, length, data, failure })
    }
}

/// Reads a form up to the content of its `file`; gives its `path`.
async fn read_head<S>(form: &mut Multipart<S>) -> Result<Option<String>>
where
    S: Stream<Item = Result<Bytes>> + Unpin,
{
    let mut path = None;
    while let Some(name) = form.next_part().await.map_err(refused)? {
        match name.as_str() {
            "file" => return Ok(path),
            "path" => {
                let text = form.small(8 * 1024).await.map_err(refused)?;
                path = Some(
                    String::from_utf8(text).map_err(|_| ApiError::invalid("Give the path as UTF-8 text."))?,
                );
            }
            _ => drop(form.small(64 * 1024).await.map_err(refused)?),
        }
    }
    Err(ApiError::invalid("Send the content in a form field named file; the form has none."))
}

/// Why the content of an upload ended early: set by [`Content`], looked at when the transfer was given up.
#[derive(Clone, Default)]
pub(crate) struct Failure(Arc<Mutex<Option<ApiError>>>);

impl Failure {
    /// Takes the reason.
    pub(crate) fn take(&self) -> Option<ApiError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The content of an upload as a stream that fails when it grows over the limit.
pub(crate) struct Content {
    source: BoxStream<'static, Result<Bytes>>,
    limit: u64,
    left: u64,
    failure: Failure,
}

impl Stream for Content {
    type Item = std::result::Result<Bytes, GivenUp>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let error = match ready!(self.source.poll_next_unpin(cx)) {
            None => return Poll::Ready(None),
            Some(Ok(piece)) => match self.left.checked_sub(piece.len() as u64) {
                Some(left) => {
                    self.left = left;
                    return Poll::Ready(Some(Ok(piece)));
                }
                None => too_large(self.limit),
            },
            Some(Err(error)) => error,
        };
        *self.failure.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Poll::Ready(Some(Err(GivenUp)))
    }
}

/// The upload's content ended early; [`Failure`] says why.
#[derive(Debug)]
pub(crate) struct GivenUp;

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the upload was given up")
    }
}

impl std::error::Error for GivenUp {}

fn path_of(uri: &Uri) -> Result<Option<String>> {
    Ok(pairs(uri)?.into_iter().find(|(key, _)| key == "path").map(|(_, path)| path))
}

fn refused(error: MultipartError<ApiError>) -> ApiError {
    match error {
        MultipartError::Source(error) => error,
        MultipartError::Malformed(what) => ApiError::invalid(format!("Correct the multipart form: {what}.")),
    }
}

fn cut_off() -> ApiError {
    ApiError::invalid("Send the whole body; it ended too early.")
}

fn path_missing() -> ApiError {
    ApiError::invalid("Say where the file goes: send the form field path before the field file.")
}

fn neither() -> ApiError {
    ApiError::invalid(
        "Send a multipart form with the fields path and file, or the bare content as application/octet-stream with path in the query.",
    )
}

fn too_large(limit: u64) -> ApiError {
    ApiError::new(
        ErrorCode::TooLarge,
        format!("Send a smaller file; this server takes at most {limit} bytes."),
    )
}
