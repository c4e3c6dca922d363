//! How a client is configured.

use std::{fmt, sync::Arc, time::Duration};

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::{BaseUrl, Client, DEFAULT_BASE_URL, Inner, RetryPolicy, tls};
use crate::{Error, Result};

/// The environment variable that holds the key.
const API_KEY_VARIABLE: &str = "WRENN_API_KEY";
/// The environment variable that holds the server's address.
const BASE_URL_VARIABLE: &str = "WRENN_BASE_URL";
/// The environment variable that holds the domain of ports, for other clients of the same server too.
const PROXY_DOMAIN_VARIABLE: &str = "WRENN_PROXY_DOMAIN";
/// The time that a call may take when nothing else is said.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// The time in which a connection must be made.
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Configures a [`Client`]. What is not set comes from the environment or has a default.
///
/// ```no_run
/// use std::time::Duration;
///
/// let client = wrenn::Client::builder()
///     .api_key("wrn_…")
///     .base_url("http://127.0.0.1:8080")
///     .timeout(Duration::from_secs(20))
///     .max_retries(4)
///     .build()?;
/// # Ok::<(), wrenn::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "call build() to get a client"]
pub struct ClientBuilder {
    api_key: Option<String>,
    base_url: Option<String>,
    domain: Option<String>,
    timeout: Duration,
    connect_timeout: Duration,
    retry: RetryPolicy,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            api_key: None,
            base_url: None,
            domain: None,
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            retry: RetryPolicy::default(),
        }
    }
}

impl ClientBuilder {
    /// The API key; else `WRENN_API_KEY`.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// The server's address, with or without `/api` and a trailing slash; else `WRENN_BASE_URL`, else
    /// [`DEFAULT_BASE_URL`].
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The domain below which the ports of capsules are, as in `8000-cl-….wrenn.example`; else `WRENN_PROXY_DOMAIN`, else
    /// it follows from the server's address.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// The time that a call may take (60 s). A command's own time limit is added to it; transfers of files have no
    /// limit but that of the network.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time in which a connection must be made (10 s).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How often a call that can be repeated without harm is tried again after a broken connection or a 429, 502, 503
    /// or 504 (2). Pauses grow from 100 ms; a `Retry-After` of up to 30 s is obeyed.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.retry.max_retries = retries;
        self
    }

    /// Makes the client. Nothing is sent yet.
    pub fn build(self) -> Result<Client> {
        let api_key = self.api_key.or_else(|| from_env(API_KEY_VARIABLE)).ok_or_else(|| {
            Error::Config(format!("no API key: set {API_KEY_VARIABLE} or call Client::builder().api_key(…)"))
        })?;
        let base_url = self.base_url.or_else(|| from_env(BASE_URL_VARIABLE));
        let base_url = BaseUrl::parse(base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))?;
        let mut key = HeaderValue::from_str(api_key.trim()).map_err(|_| {
            Error::Config("the API key holds characters that no key has; copy it again".into())
        })?;
        key.set_sensitive(true);
        let tls = base_url.is_https().then(tls::verifying).transpose()?;
        let http = reqwest::Client::builder()
            .user_agent(concat!("wrenn-rust/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(HeaderName::from_static("x-api-key"), key)]))
            .connect_timeout(self.connect_timeout)
            // A key must never follow a redirect to another host.
            .redirect(reqwest::redirect::Policy::none())
            .tcp_keepalive(Duration::from_secs(20))
            .tls_backend_preconfigured(tls.as_deref().cloned().unwrap_or_else(tls::refusing))
            .build()
            .map_err(|error| Error::Config(format!("the HTTP client cannot be made: {error}")))?;
        Ok(Client {
            inner: Arc::new(Inner {
                http,
                tls,
                base_url,
                domain: self.domain.or_else(|| from_env(PROXY_DOMAIN_VARIABLE)),
                api_key: api_key.trim().to_owned(),
                timeout: self.timeout,
                connect_timeout: self.connect_timeout,
                retry: self.retry,
            }),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    /// Shows everything but the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// A variable that is set and not empty.
fn from_env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_client_nor_a_builder_shows_its_key() {
        let builder = Client::builder().api_key("wrn_secret").base_url("http://127.0.0.1:1");
        assert!(!format!("{builder:?}").contains("secret"));
        assert!(!format!("{:?}", builder.build().expect("valid")).contains("secret"));
    }

    #[test]
    fn a_key_with_a_line_break_is_refused() {
        let error = Client::builder().api_key("wrn_a\nb").base_url("http://h").build().expect_err("refused");
        assert!(matches!(error, Error::Config(_)));
    }

    #[test]
    fn an_encrypted_server_needs_no_installed_crypto_provider() {
        Client::builder().api_key("wrn_a").base_url("https://h").build().expect("a client");
    }
}
