//! A connection of its own for one plain HTTP exchange: bulk bytes go no faster than without HTTP/2 around them.

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;

use super::{AgentClient, AgentError};

/// How much of a body is read at a time.
const BUFFER: usize = 1 << 20;

impl AgentClient {
    /// Sends one request on a new connection, which ends with the answer's body.
    pub(super) async fn exchange<B>(
        &self,
        operation: &str,
        mut request: Request<B>,
    ) -> Result<Response<Incoming>, AgentError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        request.headers_mut().extend(self.headers());
        let stream = (self.dial)().await.map_err(AgentError::Unreachable)?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| AgentError::lost(operation, error))?;
        tokio::spawn(async move {
            // The exchange sees the connection's failure itself.
            connection.await.ok();
        });
        sender.send_request(request).await.map_err(|error| AgentError::lost(operation, error))
    }
}
