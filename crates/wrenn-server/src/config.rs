//! What can be set about the server.

use std::time::Duration;

/// Limits of the server. Nothing here is needed for a first start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The largest JSON body, in bytes.
    pub max_body_bytes: u64,
    /// The largest file that can be uploaded, in bytes.
    pub max_upload_bytes: u64,
    /// How long requests and streams may take to end once the server is asked to stop.
    pub shutdown_limit: Duration,
    /// How long the client of a WebSocket that could send no headers has to say who it is.
    pub auth_limit: Duration,
    /// How often the client of a WebSocket is asked for a sign of life.
    pub ping_interval: Duration,
    /// How long the client of a WebSocket may be silent, or not take a message, until it is taken for gone.
    pub patience: Duration,
    /// The domain below which hosts name ports of capsules, as in `8000-cl-….wrenn.example`. Without one, any host that
    /// begins so does.
    pub domain: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_body_bytes: 4 * 1024 * 1024,
            max_upload_bytes: 64 * 1024 * 1024 * 1024,
            shutdown_limit: Duration::from_secs(10),
            auth_limit: Duration::from_secs(5),
            ping_interval: Duration::from_secs(30),
            patience: Duration::from_secs(300),
            domain: None,
        }
    }
}
