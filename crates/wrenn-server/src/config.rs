//! What can be set about the server.

use std::time::Duration;

/// Limits of the server. Nothing here is needed for a first start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// The largest JSON body, in bytes.
    pub max_body_bytes: u64,
    /// The largest file that can be uploaded, in bytes.
    pub max_upload_bytes: u64,
    /// How long requests and streams may take to end once the server is asked to stop.
    pub shutdown_limit: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_body_bytes: 4 * 1024 * 1024,
            max_upload_bytes: 64 * 1024 * 1024 * 1024,
            shutdown_limit: Duration::from_secs(10),
        }
    }
}
