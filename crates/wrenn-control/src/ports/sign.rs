//! The signing of addresses.

use wrenn_api::{CapsuleId, CreateSignedUrlRequest, MAX_EXPIRES_IN_SEC, SIGNATURE_QUERY, TeamId, Timestamp};

use super::{scope::Scope, signature::Signature};
use crate::{Control, ControlError, Result};

/// What to append to a port's address, and until when it opens the port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPath {
    /// Path and query, the signature among it.
    pub path: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Control {
    /// Signs a path at a port of a team's capsule, whether or not that runs now.
    pub async fn sign_port(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        request: &CreateSignedUrlRequest,
    ) -> Result<SignedPath> {
        let seconds = request.expires_in_sec();
        if !(1..=MAX_EXPIRES_IN_SEC).contains(&seconds) {
            let message = format!("Set `expires_in_sec` to a number from 1 to {MAX_EXPIRES_IN_SEC}.");
            return Err(ControlError::invalid(message));
        }
        if request.port == 0 {
            return Err(ControlError::invalid("Set `port` to a number from 1 to 65535."));
        }
        let path = request.path();
        let scope =
            Scope::of(path).filter(|_| path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#'));
        let scope = scope.ok_or_else(|| {
            ControlError::invalid(
                "Begin `path` with a slash, escape what is not plain in an address, and leave `..` away.",
            )
        })?;
        self.live(team, id).await?;
        let rules = self.inner.host.port_rules(id)?;
        let expires = Timestamp::now().unix_ms() / 1_000 + i64::from(seconds);
        let signature = Signature::text(&rules.token, id, request.port, &scope, expires);
        let joint = if path.contains('?') { '&' } else { '?' };
        Ok(SignedPath {
            path: format!("{path}{joint}{SIGNATURE_QUERY}={signature}"),
            expires_at: Timestamp::from_unix_ms(expires * 1_000),
        })
    }
}
