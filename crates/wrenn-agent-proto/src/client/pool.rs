//! The one HTTP/2 connection that all calls share.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use hyper::{body::Incoming, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::Mutex;

use super::{AgentError, Dial};

/// The body of a call.
pub(super) type CallBody = BoxBody<Bytes, std::convert::Infallible>;

type Sender = http2::SendRequest<CallBody>;

/// Unread bytes that one stream may have under way. A reader that stops holds back its own stream only: the
/// connection's window has room for thousands of full streams.
const STREAM_WINDOW: u32 = 256 << 10;
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;
const MAX_FRAME: u32 = 128 << 10;
const MAX_STREAMS: usize = 16_384;

#[derive(Clone)]
pub(super) struct Pool {
    dial: Arc<Dial>,
    sender: Arc<Mutex<Option<Sender>>>,
}

impl Pool {
    pub(super) fn new(dial: Arc<Dial>) -> Self {
        Self { dial, sender: Arc::default() }
    }

    /// Sends a request on the shared connection. One that was closed meanwhile is replaced, once, if the request has
    /// not left.
    pub(super) async fn send(
        &self,
        operation: &str,
        mut request: Request<CallBody>,
    ) -> Result<Response<Incoming>, AgentError> {
        for attempt in 0..2 {
            let mut sender = self.sender().await?;
            match sender.try_send_request(request).await {
                Ok(response) => return Ok(response),
                Err(mut error) => match error.take_message() {
                    Some(unsent) if attempt == 0 => {
                        request = unsent;
                        self.forget().await;
                    }
                    _ => return Err(AgentError::lost(operation, error.into_error())),
                },
            }
        }
        unreachable!("the second attempt always returns")
    }

    async fn sender(&self) -> Result<Sender, AgentError> {
        let mut slot = self.sender.lock().await;
        if let Some(sender) = slot.as_ref().filter(|sender| !sender.is_closed()) {
            return Ok(sender.clone());
        }
        let stream = (self.dial)().await.map_err(AgentError::Unreachable)?;
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
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
        *slot = Some(sender.clone());
        Ok(sender)
    }

    async fn forget(&self) {
        let mut slot = self.sender.lock().await;
        if slot.as_ref().is_some_and(Sender::is_closed) {
            *slot = None;
        }
    }
}
