//! A typed client of the agent, over any byte stream.

mod bulk;
mod call;
mod envelope;
mod error;
mod files;
mod filesystem;
mod http1;
mod plain;
mod pool;
mod process;
mod tunnel;

use std::{future::Future, io, pin::Pin, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{
    HeaderMap, HeaderValue,
    header::{AUTHORIZATION, HOST},
};
use tokio::net::UnixStream;

pub use connectrpc::ErrorCode;
pub use error::AgentError;
pub use files::{FileBody, Range, WrittenFile};
pub use filesystem::WatchStream;
pub use plain::{Init, SystemMetrics};
pub use process::{Exit, ProcessEvent, ProcessStart, ProcessStream, PtySize, Selector};
pub use tunnel::Tunnel;

use pool::Pool;

/// Opens a new stream to the agent.
type Dial = dyn Fn() -> Pin<Box<dyn Future<Output = io::Result<UnixStream>> + Send>> + Send + Sync;

/// Speaks to one agent. Clones share one HTTP/2 connection for calls, which is dialled when it is first needed and
/// again after it broke; files and tunnels get a connection each, unless there can be no other
/// ([`AgentClient::over_one_connection`]).
///
/// A dropped future cancels its call; the agent may have acted on it all the same. There are no time limits of its
/// own: an agent that is frozen does not answer until it goes on.
///
/// ```no_run
/// # async fn example() -> Result<(), wrenn_agent_proto::AgentError> {
/// use wrenn_agent_proto::{AgentClient, ProcessEvent, ProcessStart};
///
/// let agent = AgentClient::new(|| tokio::net::UnixStream::connect("/run/agent.sock")).as_user("user");
/// let mut events = agent.start(ProcessStart::new("/bin/echo").arg("hello")).await?;
/// while let Some(event) = events.next().await? {
///     if let ProcessEvent::Stdout(bytes) = event {
///         assert_eq!(&bytes[..], b"hello\n");
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AgentClient {
    dial: Arc<Dial>,
    /// Everything goes over the pool's connection.
    is_only: bool,
    pool: Pool,
    user: Option<HeaderValue>,
    token: Option<HeaderValue>,
}

impl AgentClient {
    /// A client that reaches its agent by `dial`. Nothing is opened yet.
    pub fn new<F, Fut>(dial: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = io::Result<UnixStream>> + Send + 'static,
    {
        Self::with(Arc::new(move || Box::pin(dial())), false)
    }

    /// The same for an agent that takes one connection at a time: files and tunnels share it with the calls.
    pub fn over_one_connection<F, Fut>(dial: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = io::Result<UnixStream>> + Send + 'static,
    {
        Self::with(Arc::new(move || Box::pin(dial())), true)
    }

    fn with(dial: Arc<Dial>, is_only: bool) -> Self {
        Self { pool: Pool::new(Arc::clone(&dial), is_only), dial, is_only, user: None, token: None }
    }

    /// The same agent, its calls made as that user; an empty name means the agent's default user.
    #[must_use]
    pub fn as_user(&self, name: &str) -> Self {
        let user = (!name.is_empty()).then(|| {
            let text = format!("Basic {}", STANDARD.encode(format!("{name}:")));
            let mut value = HeaderValue::try_from(text).expect("base64 is a valid header value");
            value.set_sensitive(true);
            value
        });
        Self { user, ..self.clone() }
    }

    /// The same agent, its calls presenting that access token.
    ///
    /// # Errors
    /// When the token has characters that a header cannot hold.
    pub fn with_access_token(&self, token: &str) -> Result<Self, http::header::InvalidHeaderValue> {
        let mut value = HeaderValue::try_from(token)?;
        value.set_sensitive(true);
        Ok(Self { token: Some(value), ..self.clone() })
    }

    /// Closes the connection that calls share; those under way fail as [`AgentError::ConnectionLost`]. The next call opens
    /// another one.
    pub fn disconnect(&self) {
        self.pool.close();
    }

    /// The headers that every request carries.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("agent"));
        headers.extend(self.user.clone().map(|user| (AUTHORIZATION, user)));
        headers
            .extend(self.token.clone().map(|token| (http::HeaderName::from_static("x-access-token"), token)));
        headers
    }
}

impl std::fmt::Debug for AgentClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgentClient")
            .field("user", &self.user)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}
