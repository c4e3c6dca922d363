//! One call to the server: address, body, time limit, retries, and the reading of its answer.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderMap, Method,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{Client, retry};
use crate::{ApiError, Error, Result, api};

/// The most of a refusal's body that is read.
const LONGEST_REFUSAL: usize = 64 * 1024;

/// What a call sends.
pub(crate) enum Payload {
    /// Nothing.
    None,
    /// Bytes that can be sent again.
    Bytes(Bytes, HeaderValue),
    /// A stream, which cannot.
    Stream(reqwest::Body, Option<u64>),
}

/// A call in preparation.
pub(crate) struct Call<'a> {
    client: &'a Client,
    method: Method,
    url: url::Url,
    operation: String,
    payload: Payload,
    headers: HeaderMap,
    idempotent: bool,
    timeout: Option<Duration>,
}

impl Client {
    /// A call of `/v1/<segments>`; `operation` opens the text of its errors, as in `pause capsule cl-…`.
    /// GET, PUT and DELETE can be repeated without harm; others after [`Call::idempotent`].
    pub(crate) fn call(&self, method: Method, segments: &[&str], operation: impl Into<String>) -> Call<'_> {
        Call {
            idempotent: matches!(method, Method::GET | Method::PUT | Method::DELETE),
            url: self.inner.base_url.route(segments, &[]),
            client: self,
            method,
            operation: operation.into(),
            payload: Payload::None,
            headers: HeaderMap::new(),
            timeout: Some(self.inner.timeout),
        }
    }
}

impl Call<'_> {
    /// Adds to the query.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Sends a JSON body.
    pub(crate) fn json(self, body: &impl Serialize) -> Self {
        // The types of the contract have string keys and no fallible serialisers.
        let body =
            serde_json::to_vec(body).unwrap_or_else(|error| unreachable!("a request is JSON: {error}"));
        self.payload(Payload::Bytes(body.into(), HeaderValue::from_static("application/json")))
    }

    /// Sends any body.
    pub(crate) fn payload(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Says that repeating the call does no harm.
    pub(crate) fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Allows more time than usual: that of the work itself.
    pub(crate) fn extra_time(mut self, extra: Duration) -> Self {
        self.timeout = self.timeout.map(|timeout| timeout.saturating_add(extra));
        self
    }

    /// Takes the time limit away, for transfers of unknown size.
    pub(crate) fn unlimited(mut self) -> Self {
        self.timeout = None;
        self
    }

    /// Sends the call and reads its JSON answer.
    pub(crate) async fn receive<T: DeserializeOwned>(self) -> Result<T> {
        self.receive_page().await.map(|(answer, _)| answer)
    }

    /// [`Self::receive`] with the header that says where the next page begins.
    pub(crate) async fn receive_page<T: DeserializeOwned>(self) -> Result<(T, Option<String>)> {
        let timeout = self.timeout;
        let (operation, server) = (self.operation.clone(), self.client.base_url().to_owned());
        let answer = self.send().await?;
        let next = answer
            .headers()
            .get(api::NEXT_CURSOR_HEADER)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = answer.bytes().await.map_err(|error| broken(&operation, &server, timeout, error))?;
        let page = serde_json::from_slice(&body).map_err(|source| Error::Decode { operation, source })?;
        Ok((page, next))
    }

    /// Sends the call; its answer has nothing to read.
    pub(crate) async fn finish(self) -> Result<()> {
        self.send().await.map(drop)
    }

    /// Sends the call, again where that is allowed, and returns a successful answer with its body still to be read.
    pub(crate) async fn send(self) -> Result<reqwest::Response> {
        let (client, server) = (self.client, self.client.base_url());
        let mut first_payload = Some(self.payload);
        let mut tries = 0;
        loop {
            tries += 1;
            let (payload, spare) = match first_payload.take().unwrap_or(Payload::None) {
                Payload::Bytes(bytes, kind) => {
                    (Payload::Bytes(bytes.clone(), kind.clone()), Payload::Bytes(bytes, kind))
                }
                other => (other, Payload::None),
            };
            first_payload = Some(spare);
            let mut request = client
                .inner
                .http
                .request(self.method.clone(), self.url.clone())
                .headers(self.headers.clone());
            if let Some(timeout) = self.timeout {
                request = request.timeout(timeout);
            }
            let request = attach(request, payload);
            let (error, retry_after) = match request.send().await {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) => {
                    let (status, retry_after) = (answer.status(), retry::retry_after(answer.headers()));
                    let error = refusal(&self.operation, answer).await;
                    if !retry::is_temporary(status) {
                        return Err(error);
                    }
                    (error, retry_after)
                }
                Err(error) if error.is_timeout() && !error.is_connect() => {
                    return Err(broken(&self.operation, server, self.timeout, error));
                }
                Err(error) => (broken(&self.operation, server, self.timeout, error), None),
            };
            let pause = client.inner.retry.pause(tries, retry_after).filter(|_| self.idempotent);
            let Some(pause) = pause else { return Err(error) };
            tokio::time::sleep(pause).await;
        }
    }
}

/// Puts the body into the request.
fn attach(request: reqwest::RequestBuilder, payload: Payload) -> reqwest::RequestBuilder {
    match payload {
        Payload::None => request,
        Payload::Bytes(bytes, kind) => request.header(CONTENT_TYPE, kind).body(bytes),
        Payload::Stream(body, length) => {
            let request = request.header(CONTENT_TYPE, "application/octet-stream");
            let request = match length {
                Some(length) => request.header(CONTENT_LENGTH, length),
                None => request,
            };
            request.body(body)
        }
    }
}

/// Reads a refusal.
pub(crate) async fn refusal(operation: &str, mut answer: reqwest::Response) -> Error {
    let retry_after = retry::retry_after(answer.headers());
    let request_id = answer.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_REFUSAL {
            break;
        }
    }
    ApiError::from_answer(operation, answer.status().as_u16(), request_id, &body).into_error(retry_after)
}

/// The error of a call that got no (whole) answer.
pub(crate) fn broken(
    operation: &str,
    server: &str,
    timeout: Option<Duration>,
    error: reqwest::Error,
) -> Error {
    match timeout {
        Some(after) if error.is_timeout() && !error.is_connect() => {
            Error::Timeout { operation: operation.to_owned(), after }
        }
        _ => Error::Connection {
            operation: operation.to_owned(),
            server: server.to_owned(),
            source: error.without_url().into(),
        },
    }
}
