//! Who may come to a port.

use wrenn_api::{CapsuleId, ErrorCode, TeamId};
use wrenn_host::{ActivityGuard, HostError};

use super::{PortPass, Signed, pass::Opened, visits::Visit};
use crate::{Control, ControlError, Result};

/// A visitor at a capsule's port. The capsule counts as used for as long as this is held.
pub struct PortVisit {
    guard: ActivityGuard,
    signed: Option<Signed>,
    _visit: Visit,
}

impl Control {
    /// Lets a visitor come to a path at a port of a running capsule. A stranger at a private port is told the same as when
    /// there is no such capsule.
    pub async fn visit_port(
        &self,
        id: &CapsuleId,
        port: u16,
        path: &str,
        pass: &PortPass,
    ) -> Result<PortVisit> {
        let rules = match self.inner.host.port_rules(id) {
            Ok(rules) => rules,
            Err(_) => return Err(self.no_port(id, pass).await),
        };
        let mut signed = None;
        if rules.private.covers(port) {
            match self.opens(pass, id, &rules, port, path).await {
                Some(Opened::Credential) => {}
                Some(Opened::Signature(signature)) => signed = Some(signature),
                None => return Err(nothing(id)),
            }
        }
        let guard = match self.inner.host.agent(id) {
            Ok((_, guard)) => guard,
            Err(HostError::NotFound { .. }) => return Err(self.no_port(id, pass).await),
            Err(error) => return Err(error.into()),
        };
        let visit = self.inner.visits.enter(id).ok_or_else(|| {
            let message = "Too many requests are under way to this capsule. Try again when some are done.";
            ControlError::new(ErrorCode::RateLimited, message)
        })?;
        Ok(PortVisit { guard, signed, _visit: visit })
    }

    /// Why there is no port: its team may know more of the capsule than others.
    async fn no_port(&self, id: &CapsuleId, pass: &PortPass) -> ControlError {
        for key in &pass.keys {
            if let Ok(caller) = self.authenticate_api_key(key).await {
                let team: &TeamId = &caller.team_id;
                let error = self.not_live(team, id).await;
                if error.code() != ErrorCode::NotFound {
                    return error;
                }
            }
        }
        nothing(id)
    }
}

impl PortVisit {
    /// The signature that let the visitor in, if that was it.
    pub fn signed(&self) -> Option<&Signed> {
        self.signed.as_ref()
    }

    /// Returns once the capsule ends or is paused, and says which: nothing more comes from its ports then.
    pub async fn interrupted(&self) -> String {
        self.guard.interrupted().await
    }
}

fn nothing(id: &CapsuleId) -> ControlError {
    ControlError::not_found(format!(
        "There is no capsule {id}, or this port of it is private: then send the team's key in X-API-Key or the capsule's \
         token in X-Wrenn-Ports-Token, or use a signed address."
    ))
}
