//! The connection to a server: configuration, requests, retries.

mod base_url;
mod builder;
mod call;
mod retry;
mod tls;

use std::{fmt, sync::Arc, time::Duration};

pub use builder::ClientBuilder;
pub(crate) use call::{Call, Payload, broken};

use crate::{Capsule, Capsules, CreateCapsule, Result, Snapshots};
use base_url::BaseUrl;
use retry::RetryPolicy;

/// The server that is used when `WRENN_BASE_URL` and the builder name none.
pub const DEFAULT_BASE_URL: &str = "https://app.wrenn.dev/api";

/// A configured connection to a Wrenn server. Cheap to clone; clones share their connections.
///
/// ```no_run
/// # async fn example() -> wrenn::Result<()> {
/// let client = wrenn::Client::builder().api_key("wrn_…").base_url("http://127.0.0.1:8080").build()?;
/// for capsule in client.capsules().list().await? {
///     println!("{} {:?}", capsule.id, capsule.status);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    tls: Option<Arc<rustls::ClientConfig>>,
    base_url: BaseUrl,
    domain: Option<String>,
    api_key: String,
    timeout: Duration,
    connect_timeout: Duration,
    retry: RetryPolicy,
}

impl Client {
    /// A client for the key in `WRENN_API_KEY` and the server in `WRENN_BASE_URL` (default [`DEFAULT_BASE_URL`]).
    ///
    /// ```no_run
    /// let client = wrenn::Client::from_env()?;
    /// # Ok::<(), wrenn::Error>(())
    /// ```
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// Configures a client by hand; what is not set comes from the environment.
    ///
    /// ```no_run
    /// let client = wrenn::Client::builder().base_url("http://127.0.0.1:8080").api_key("wrn_…").build()?;
    /// # Ok::<(), wrenn::Error>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Prepares a new capsule from a template; await the result to create it.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// let capsule = client.create_capsule("minimal").vcpus(2).memory_mb(1024).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_capsule(&self, template: impl Into<String>) -> CreateCapsule {
        CreateCapsule::new(template.into()).client(self)
    }

    /// A handle on an existing capsule. Nothing is sent: whether it exists shows with the first call.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// let info = client.capsule("cl-abc123").info().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn capsule(&self, id: impl Into<String>) -> Capsule {
        Capsule::attach(self.clone(), id.into())
    }

    /// All capsules of the team: list, read, statistics, usage.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// let stats = client.capsules().stats(wrenn::StatsRange::OneHour).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn capsules(&self) -> Capsules {
        Capsules::new(self.clone())
    }

    /// Templates: those built in and the snapshots that the team has taken.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// for template in client.snapshots().list().await? {
    ///     println!("{}", template.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn snapshots(&self) -> Snapshots {
        Snapshots::new(self.clone())
    }

    /// The server's address as it is used, without `/v1` and without a trailing slash.
    ///
    /// ```no_run
    /// let client = wrenn::Client::from_env()?;
    /// println!("talking to {}", client.base_url());
    /// # Ok::<(), wrenn::Error>(())
    /// ```
    pub fn base_url(&self) -> &str {
        self.inner.base_url.as_str()
    }

    pub(crate) fn api_key(&self) -> &str {
        &self.inner.api_key
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        self.inner.connect_timeout
    }

    pub(crate) fn tls(&self) -> Option<Arc<rustls::ClientConfig>> {
        self.inner.tls.clone()
    }

    /// The address of a capsule's port, without a slash at its end.
    pub(crate) fn port_url(&self, id: &str, port: u16) -> String {
        self.inner.base_url.port(self.inner.domain.as_deref(), id, port)
    }

    /// The WebSocket address of a route, as in `/capsules/cl-…/pty`.
    pub(crate) fn websocket_url(&self, segments: &[&str], query: &[(&str, &str)]) -> url::Url {
        self.inner.base_url.websocket(segments, query)
    }
}

impl fmt::Debug for Client {
    /// Shows the server, never the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
