//! Who may come to a capsule's ports.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wrenn_api::{PortsToken, TeamId};

use crate::Record;

/// Which ports of a capsule are private. To the others comes whoever knows their address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortAccess {
    /// No port.
    #[default]
    None,
    /// These ports, as a template may say.
    List(BTreeSet<u16>),
    /// Every port.
    All,
}

impl PortAccess {
    /// Whether a port is private.
    pub fn covers(&self, port: u16) -> bool {
        match self {
            Self::None => false,
            Self::List(ports) => ports.contains(&port),
            Self::All => true,
        }
    }
}

/// What decides who may come to a capsule's ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortRules {
    /// Whose capsule it is.
    pub team_id: TeamId,
    /// Which ports are for its team only.
    pub private: PortAccess,
    /// What opens them.
    pub token: PortsToken,
}

impl PortRules {
    pub(crate) fn of(record: &Record) -> Self {
        Self {
            team_id: record.team_id.clone(),
            private: record.private_ports.clone(),
            token: record.ports_token.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_back() {
        for (access, text) in [
            (PortAccess::None, r#""none""#),
            (PortAccess::All, r#""all""#),
            (PortAccess::List([8888].into()), r#"{"list":[8888]}"#),
        ] {
            assert_eq!(serde_json::to_string(&access).unwrap(), text);
            assert_eq!(serde_json::from_str::<PortAccess>(text).unwrap(), access);
        }
    }

    #[test]
    fn a_list_covers_its_ports_only() {
        let covers = |access: PortAccess| (access.covers(8888), access.covers(80));
        assert_eq!(covers(PortAccess::None), (false, false));
        assert_eq!(covers(PortAccess::All), (true, true));
        assert_eq!(covers(PortAccess::List([8888].into())), (true, false));
    }
}
