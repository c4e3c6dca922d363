//! Single requests, each on a connection of its own.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;

use crate::{Connect, JupyterError, Result};

/// The most of an answer that is read.
const LONGEST_ANSWER: usize = 1 << 20;
/// The most of a refusal that is passed on.
const LONGEST_REASON: usize = 200;

/// A request and what it is for.
pub(crate) struct Call<'a> {
    pub(crate) action: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) body: Option<serde_json::Value>,
    pub(crate) limit: Duration,
}

impl Call<'_> {
    /// Sends it and reads the JSON that it is answered with.
    pub(crate) async fn json<T: DeserializeOwned>(self, server: &impl Connect) -> Result<T> {
        let action = self.action;
        let body = self.send(server).await?;
        serde_json::from_slice(&body).map_err(|error| JupyterError::malformed(action, &error))
    }

    /// Sends it; what it is answered with, if it succeeded.
    pub(crate) async fn send(self, server: &impl Connect) -> Result<Bytes> {
        let (action, limit) = (self.action, self.limit);
        tokio::time::timeout(limit, self.exchange(server))
            .await
            .map_err(|_| JupyterError::Timeout { action, limit })?
    }

    async fn exchange(self, server: &impl Connect) -> Result<Bytes> {
        let action = self.action;
        let stream = server.connect().await.map_err(JupyterError::connect(action))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(JupyterError::connection(action))?;
        let body = self.body.map_or_else(Bytes::new, |body| body.to_string().into());
        let request = Request::builder()
            .method(self.method)
            .uri(self.path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|error| JupyterError::malformed(action, &error))?;
        let answer = async {
            let answer = sender.send_request(request).await.map_err(JupyterError::connection(action))?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), LONGEST_ANSWER).collect().await;
            let body = body.map_err(|source| JupyterError::Connection { action, source })?.to_bytes();
            if status.is_success() { Ok(body) } else { Err(refused(action, status, &body)) }
        };
        tokio::pin!(answer);
        // The connection moves only while it is polled, and is closed when both are dropped.
        tokio::select! {
            answer = &mut answer => answer,
            result = connection => match result {
                Ok(()) => answer.await,
                Err(error) => Err(JupyterError::connection(action)(error)),
            },
        }
    }
}

fn refused(action: &'static str, status: StatusCode, body: &[u8]) -> JupyterError {
    let said = serde_json::from_slice::<serde_json::Value>(body).ok();
    let message = said.as_ref().and_then(|said| said["message"].as_str()).unwrap_or("no reason given");
    JupyterError::Refused {
        action,
        status: status.as_u16(),
        message: message.chars().take(LONGEST_REASON).collect(),
    }
}
