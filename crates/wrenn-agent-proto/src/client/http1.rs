//! Exchanges of bulk bytes by plain HTTP: on a connection of their own, where they go no faster than without HTTP/2 around
//! them, or on the only one that there is.

use bytes::Bytes;
use http::{Request, Response, Uri};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;

use super::{
    AgentClient, AgentError,
    pool::{CallBody, Lease},
};

/// How much of a body is read at a time.
const BUFFER: usize = 1 << 20;

impl AgentClient {
    /// Sends one request. A new connection ends with the answer's body; the lease of the shared one is to be held as long.
    pub(super) async fn exchange(
        &self,
        operation: &str,
        mut request: Request<CallBody>,
    ) -> Result<(Response<Incoming>, Option<Lease>), AgentError> {
        request.headers_mut().extend(self.headers());
        if self.is_only {
            let target = format!("http://agent{}", request.uri());
            *request.uri_mut() = Uri::try_from(target).expect("it is a path");
            let (response, lease) = self.pool.send(operation, request).await?;
            return Ok((response, Some(lease)));
        }
        let stream = (self.dial)().await.map_err(AgentError::Unreachable)?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake::<_, CallBody>(TokioIo::new(stream))
            .await
            .map_err(|error| AgentError::lost(operation, error))?;
        tokio::spawn(async move {
            // The exchange sees the connection's failure itself.
            connection.await.ok();
        });
        let response =
            sender.send_request(request).await.map_err(|error| AgentError::lost(operation, error))?;
        Ok((response, None))
    }
}

/// A body without bytes.
pub(super) fn no_body() -> CallBody {
    super::pool::sure_body(http_body_util::Empty::<Bytes>::new())
}
