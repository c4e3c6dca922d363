//! `GET /files`.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use async_compression::{Level, tokio::bufread::GzipEncoder};
use axum::{
    body::Body,
    extract::{Query, Request, State, rejection::QueryRejection},
    response::Response,
};
use bytes::Bytes;
use http::{
    HeaderValue, StatusCode,
    header::{
        ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
        VARY,
    },
};
use tokio::io::{AsyncRead, AsyncReadExt as _, BufReader};
use tokio_util::io::ReaderStream;

use super::encoding::{Encoding, accepted};
use super::range::{self, Part};
use super::{Call, Target, bulk};
use crate::agent::Agent;
use crate::filesystem::error::{Attempt as _, FsError};
use crate::http::error::HttpError;

/// How much is read at a time.
const PIECE: usize = 256 << 10;

/// Sends a file, or a part of it.
pub(in crate::http) async fn download(
    State(agent): State<Agent>,
    query: Result<Query<Target>, QueryRejection>,
    mut request: Request,
) -> Result<Response, HttpError> {
    let call = Call::new(agent, query, request.headers())?;
    let path = call.path()?;
    let shown = path.clone();
    let source = call.run(&shown, move || Source::open(&path)).await?;
    let part = match source.size {
        Some(size) => match range::requested(request.headers(), size) {
            Ok(part) => part,
            Err(range::Unsatisfiable) => return Ok(unsatisfiable(size)),
        },
        None => None,
    };
    if let bulk::Offer::Good(upgrade) = bulk::Offer::of(&mut request)
        && let Some(size) = source.size
    {
        return Ok(bulk::send(source.file, part, size, upgrade));
    }
    let encoding = if part.is_some() { Encoding::Identity } else { accepted(request.headers())? };
    let mut response = source.response(part, encoding)?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    Ok(response)
}

/// A file opened for reading.
struct Source {
    file: File,
    /// `None` for a file of the kernel's, which is as long as it turns out to be.
    size: Option<u64>,
    /// What was read already to find that out.
    begin: Bytes,
}

impl Source {
    fn open(path: &Path) -> Result<Self, FsError> {
        // Without it, opening a pipe would wait for its other end.
        let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path);
        let mut file = file.attempt("read", path).map_err(FsError::or_not_found)?;
        let found = file.metadata().attempt("read", path)?;
        if found.is_dir() {
            return Err(FsError::IsDirectory(path.to_path_buf()));
        }
        if !found.is_file() {
            return Err(FsError::NotRegular(path.to_path_buf()));
        }
        if found.len() > 0 {
            return Ok(Self { file, size: Some(found.len()), begin: Bytes::new() });
        }
        // Files in /proc and /sys say that they are empty and are not.
        let mut begin = vec![0; 4096];
        let count = file.read(&mut begin).attempt("read", path)?;
        begin.truncate(count);
        Ok(Self { file, size: (count == 0).then_some(0), begin: begin.into() })
    }

    fn response(self, part: Option<Part>, encoding: Encoding) -> Result<Response, HttpError> {
        let size = self.size;
        let mut response = Response::default();
        let mut file = self.file;
        let length = part.map(|part| part.length).or(size);
        if let (Some(Part { start, length }), Some(size)) = (part, size) {
            file.seek(SeekFrom::Start(start))
                .map_err(|_| HttpError::bad("This file cannot be read in parts."))?;
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let range = format!("bytes {start}-{}/{size}", start + length - 1);
            response.headers_mut().insert(CONTENT_RANGE, valid(&range));
        }
        let mut file = tokio::fs::File::from_std(file);
        file.set_max_buf_size(PIECE);
        let begin = std::io::Cursor::new(self.begin);
        let bytes = tokio::io::AsyncReadExt::chain(begin, file).take(length.unwrap_or(u64::MAX));
        match (encoding, length) {
            (Encoding::Gzip, _) => {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                let buffered = BufReader::with_capacity(PIECE, bytes);
                *response.body_mut() = body(GzipEncoder::with_quality(buffered, Level::Fastest));
            }
            (Encoding::Identity, length) => {
                response.headers_mut().extend(length.map(|length| (CONTENT_LENGTH, length.into())));
                *response.body_mut() = body(bytes);
            }
        }
        Ok(response)
    }
}

fn body(bytes: impl AsyncRead + Send + 'static) -> Body {
    Body::from_stream(ReaderStream::with_capacity(bytes, PIECE))
}

fn unsatisfiable(size: u64) -> Response {
    let message = format!("The file has {size} bytes; ask for a part of those.");
    let mut response = crate::router::plain_error(StatusCode::RANGE_NOT_SATISFIABLE, &message);
    response.headers_mut().insert(CONTENT_RANGE, valid(&format!("bytes */{size}")));
    response
}

fn valid(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).expect("digits and letters are a valid header value")
}
