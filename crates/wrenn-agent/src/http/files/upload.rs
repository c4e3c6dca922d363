//! `POST /files`.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use async_compression::tokio::bufread::GzipDecoder;
use axum::{
    Json,
    body::{Body, BodyDataStream},
    extract::{
        DefaultBodyLimit, FromRequest as _, Multipart, Query, Request, State, rejection::QueryRejection,
    },
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_TYPE, EXPECT},
    request::Parts,
};
use tokio_util::io::{ReaderStream, StreamReader};

use super::encoding::{Encoding, of_request};
use super::part::{Pending, Written, notes};
use super::pour::pour;
use super::{Call, Target, bulk};
use crate::agent::Agent;
use crate::filesystem::atomic::AtomicFile;
use crate::http::error::HttpError;

/// How long the rest of a refused body is taken in, so that the client gets to read why.
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// How much a decoder gives at a time.
const PIECE: usize = 256 << 10;

/// The most files that one request may bring.
const MOST_FILES: usize = 10_000;

/// Takes one file as the whole body, or several as multipart. All are put in their places at the end.
pub(in crate::http) async fn upload(
    State(agent): State<Agent>,
    query: Result<Query<Target>, QueryRejection>,
    mut request: Request,
) -> Response {
    match bulk::Offer::of(&mut request) {
        bulk::Offer::None => {}
        bulk::Offer::Good(upgrade) => {
            let call = Call::new(agent, query, request.headers());
            return match call.and_then(|call| Ok((call.path()?, call, notes(request.headers())?))) {
                Ok((path, call, notes)) => bulk::receive(&call, path, notes, upgrade).await,
                Err(error) => error.into_response(),
            };
        }
        bulk::Offer::Bad => {
            let message = "This connection cannot be taken over; send the file as the body.";
            return HttpError::new(StatusCode::NOT_IMPLEMENTED, message).into_response();
        }
    }
    let (parts, body) = request.into_parts();
    let body = Shared::new(body);
    let stored = match Call::new(agent, query, &parts.headers) {
        Ok(call) => store(&call, &parts, body.clone()).await,
        Err(error) => Err(error),
    };
    match stored {
        Ok(written) => Json(written).into_response(),
        Err(error) => {
            // Who waits to be told to go on has sent nothing.
            if !parts.headers.contains_key(EXPECT) {
                body.drain().await;
            }
            error.into_response()
        }
    }
}

async fn store(call: &Call, parts: &Parts, body: Shared) -> Result<Vec<Written>, HttpError> {
    let notes = notes(&parts.headers)?;
    let bytes: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>> = match of_request(&parts.headers)? {
        Encoding::Identity => Box::pin(body),
        Encoding::Gzip => {
            let mut decoder = GzipDecoder::new(StreamReader::new(body));
            decoder.multiple_members(true);
            Box::pin(ReaderStream::with_capacity(decoder, PIECE))
        }
    };
    let pending = if is_multipart(&parts.headers) {
        several(call, &parts.headers, bytes, &notes).await?
    } else {
        let pending = begin(call, call.path.as_deref().unwrap_or_default(), &notes).await?;
        vec![finish(pending, bytes).await?]
    };
    let shown = pending.first().map(|pending| pending.path.clone()).unwrap_or_default();
    let commit = move || pending.into_iter().map(|pending| pending.commit(&notes)).collect();
    call.run(&shown, commit).await
}

async fn several(
    call: &Call,
    headers: &HeaderMap,
    bytes: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    notes: &HashMap<String, String>,
) -> Result<Vec<Pending>, HttpError> {
    let mut request = Request::new(Body::from_stream(bytes));
    request.headers_mut().extend(headers.get(CONTENT_TYPE).map(|value| (CONTENT_TYPE, value.clone())));
    // Otherwise axum takes no more than two megabytes.
    DefaultBodyLimit::disable().apply(&mut request);
    let malformed =
        |error: &dyn std::fmt::Display| HttpError::bad(format!("The multipart body is malformed: {error}."));
    let mut parts = Multipart::from_request(request, &()).await.map_err(|error| malformed(&error))?;
    let mut pending: Vec<Pending> = Vec::new();
    while let Some(field) = parts.next_field().await.map_err(|error| malformed(&error.body_text()))? {
        if field.name() != Some("file") {
            continue;
        }
        if !pending.is_empty() && call.path.as_deref().is_some_and(|path| !path.is_empty()) {
            return Err(HttpError::bad("With several files, name each in its part and leave `path` out."));
        }
        if pending.len() == MOST_FILES {
            return Err(HttpError::bad(format!("A request may bring at most {MOST_FILES} files.")));
        }
        let path = match call.path.as_deref().filter(|path| !path.is_empty()) {
            Some(path) => path.to_owned(),
            None => field.file_name().map(unescaped).unwrap_or_default(),
        };
        let file = begin(call, &path, notes).await?;
        pending.push(finish(file, field.map_err(|error| error.body_text())).await?);
    }
    if pending.is_empty() {
        return Err(HttpError::bad("The body has no part named `file`; send each file in one."));
    }
    Ok(pending)
}

async fn begin(call: &Call, path: &str, notes: &HashMap<String, String>) -> Result<Pending, HttpError> {
    let path = call.agent.resolve(&call.user, path)?;
    let (target, notes) = (path.clone(), notes.clone());
    let file = call.run(&path, move || AtomicFile::create(&target, &notes)).await?;
    Ok(Pending { path, file })
}

async fn finish<S, E>(pending: Pending, bytes: S) -> Result<Pending, HttpError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let mut file = pour(pending.file, bytes).await?;
    file.seal();
    Ok(Pending { path: pending.path, file })
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

/// Browsers and their like write three characters of a file name in this way.
fn unescaped(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// A request's body that can still be drained after its reader has given up.
#[derive(Clone)]
struct Shared {
    body: Arc<Mutex<BodyDataStream>>,
}

impl Shared {
    fn new(body: Body) -> Self {
        Self { body: Arc::new(Mutex::new(body.into_data_stream())) }
    }

    async fn drain(mut self) {
        let rest = async { while let Some(Ok(_)) = self.next().await {} };
        // A client that takes longer does not get to read the answer.
        let _ = tokio::time::timeout(DRAIN_TIME, rest).await;
    }
}

impl Stream for Shared {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        body.poll_next_unpin(context).map_err(io::Error::other)
    }
}
