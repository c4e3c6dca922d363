//! Calls of the RPC services: one message to one, one to a stream, a stream to one.

use std::time::Duration;

use buffa::Message;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::{HeaderValue, Request, Response, header::CONTENT_TYPE};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Incoming;

use super::{
    AgentClient, AgentError,
    envelope::{self, Envelopes},
    pool::{CallBody, sure_body},
};

/// What a call may ask for besides.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CallOptions {
    /// The agent gives the call up after this time.
    pub(super) timeout: Option<Duration>,
    /// How often the agent shall say that it is still there, in whole seconds.
    pub(super) keepalive: Option<Duration>,
}

impl AgentClient {
    /// One message, one answer.
    pub(super) async fn unary<Res: Message>(
        &self,
        method: &str,
        message: &impl Message,
    ) -> Result<Res, AgentError> {
        let body = sure_body(Full::new(message.encode_to_bytes()));
        let request = self.request(method, "application/proto", CallOptions::default(), body);
        let body = self.answer(method, request).await?;
        Res::decode(&mut body.clone()).map_err(|error| AgentError::malformed(method, error))
    }

    /// One message, a stream of answers.
    pub(super) async fn server_stream(
        &self,
        method: &'static str,
        message: &impl Message,
        options: CallOptions,
    ) -> Result<Envelopes, AgentError> {
        let body = sure_body(Full::new(envelope::message(&message.encode_to_bytes())));
        let request = self.request(method, "application/connect+proto", options, body);
        let (response, lease) = self.pool.send(method, request).await?;
        if !response.status().is_success() {
            return Err(refusal(method, response).await);
        }
        Ok(Envelopes::new(method, response.into_body(), lease))
    }

    /// A stream of messages, one answer.
    pub(super) async fn client_stream<Res, S>(
        &self,
        method: &'static str,
        messages: S,
    ) -> Result<Res, AgentError>
    where
        Res: Message,
        S: Stream<Item = Bytes> + Send + 'static,
    {
        let frames = messages.map(|message| Ok(Frame::data(envelope::message(&message))));
        let body = sure_body(StreamBody::new(frames));
        let request = self.request(method, "application/connect+proto", CallOptions::default(), body);
        let (response, lease) = self.pool.send(method, request).await?;
        if !response.status().is_success() {
            return Err(refusal(method, response).await);
        }
        let mut answers = Envelopes::new(method, response.into_body(), lease);
        let Some(mut answer) = answers.next().await? else {
            return Err(AgentError::malformed(method, "there is no answer in it"));
        };
        Res::decode(&mut answer).map_err(|error| AgentError::malformed(method, error))
    }

    fn request(
        &self,
        method: &str,
        kind: &'static str,
        options: CallOptions,
        body: CallBody,
    ) -> Request<CallBody> {
        let mut request =
            Request::post(format!("http://agent/{method}")).body(body).expect("a method is a valid path");
        let headers = request.headers_mut();
        headers.extend(self.headers());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert("connect-protocol-version", HeaderValue::from_static("1"));
        if method.ends_with("/Remove") {
            // Other clients of the protocol expect the removal of nothing to succeed; ours want to know.
            headers.insert("wrenn-must-exist", HeaderValue::from_static("1"));
        }
        if let Some(timeout) = options.timeout {
            let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
            headers.insert("process-timeout-ms", HeaderValue::from(millis));
        }
        if let Some(keepalive) = options.keepalive {
            headers.insert("keepalive-ping-interval", HeaderValue::from(keepalive.as_secs().max(1)));
        }
        request
    }

    async fn answer(&self, method: &str, request: Request<CallBody>) -> Result<Bytes, AgentError> {
        let (response, lease) = self.pool.send(method, request).await?;
        if !response.status().is_success() {
            return Err(refusal(method, response).await);
        }
        let answer = collect(method, response.into_body()).await;
        drop(lease);
        answer
    }
}

/// Reads a refusal's reason.
pub(super) async fn refusal(operation: &str, response: Response<Incoming>) -> AgentError {
    let status = response.status();
    match collect(operation, response.into_body()).await {
        Ok(body) => AgentError::refused(status, &body),
        Err(error) => error,
    }
}

/// Reads a whole body.
pub(super) async fn collect(operation: &str, body: Incoming) -> Result<Bytes, AgentError> {
    let body = body.collect().await.map_err(|error| AgentError::lost(operation, error))?;
    Ok(body.to_bytes())
}
