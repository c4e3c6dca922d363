//! Ports of capsules: who may come to them, and addresses that let anybody come for a while.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Timestamp;

/// The request header for a capsule's [`PortsToken`].
pub const PORTS_TOKEN_HEADER: &str = "X-Wrenn-Ports-Token";
/// The query parameter that makes an address a signed one. It never reaches the service inside.
pub const SIGNATURE_QUERY: &str = "wrenn_signature";
/// The seconds for which a signed address is good when not told otherwise.
pub const DEFAULT_EXPIRES_IN_SEC: u32 = 3_600;
/// The most seconds for which a signed address can be good: 30 days.
pub const MAX_EXPIRES_IN_SEC: u32 = 30 * 24 * 3_600;

/// Opens the private ports of one capsule. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct PortsToken(String);

impl PortsToken {
    /// A new random token.
    pub fn generate() -> Self {
        Self(format!("wpt_{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple()))
    }

    /// The token as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PortsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PortsToken(…)")
    }
}

/// Which address to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreateSignedUrlRequest {
    /// The port.
    #[schema(minimum = 1, maximum = 65535)]
    pub port: u16,
    /// Seconds for which the address is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 3600, minimum = 1, maximum = 2592000)]
    pub expires_in_sec: Option<u32>,
    /// What it leads to, as in `/reports?year=2026`; it opens that path and what is below it. Without one it opens the
    /// whole port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = "/")]
    pub path: Option<String>,
}

impl CreateSignedUrlRequest {
    /// The seconds asked for, or the default.
    pub fn expires_in_sec(&self) -> u32 {
        self.expires_in_sec.unwrap_or(DEFAULT_EXPIRES_IN_SEC)
    }

    /// The path asked for, or the default.
    pub fn path(&self) -> &str {
        self.path.as_deref().unwrap_or("/")
    }
}

/// An address that opens a private port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedUrl {
    /// The address. Whoever has it may come.
    pub url: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_random_and_not_printed() {
        let token = PortsToken::generate();
        assert_eq!(token.as_str().len(), 68);
        assert_ne!(token, PortsToken::generate());
        assert!(!format!("{token:?}").contains(&token.as_str()[4..]));
    }
}
