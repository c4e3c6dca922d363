//! What is known of a capsule.

use std::{collections::BTreeMap, net::Ipv4Addr};

use serde::{Deserialize, Serialize};
use wrenn_api::{CapsuleId, NetworkPolicy, OnTimeout, PortsToken, TeamId, Timestamp};
use wrenn_runtime::{CapsuleSpec, Kind, template::Defaults};

use crate::{PortAccess, Startup, State};

/// The contents of `capsule.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: CapsuleId,
    /// Whose it is.
    pub team_id: TeamId,
    /// Its state, as far as it is settled.
    pub state: State,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the runtime was given.
    pub spec: CapsuleSpec,
    /// The name of its template.
    pub template: String,
    /// What its template lets its capsules begin with.
    #[serde(default)]
    pub defaults: Defaults,
    /// How far its template's start command is.
    #[serde(default, skip_serializing_if = "Startup::is_none")]
    pub start: Startup,
    /// Seconds of inactivity; 0: for ever.
    pub timeout_sec: u32,
    /// What happens after that.
    pub on_timeout: OnTimeout,
    /// Its creator's notes.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// What isolates it. Earlier versions had containers only and did not say.
    #[serde(default = "container")]
    pub runtime: Kind,
    /// Environment variables of every command in it, the template's among them: for its copies.
    #[serde(default)]
    pub envs: BTreeMap<String, String>,
    /// What it may reach.
    #[serde(default)]
    pub network: NetworkPolicy,
    /// Its address, unless it has a loopback interface only.
    #[serde(default)]
    pub guest_ip: Option<Ipv4Addr>,
    /// The machine's address on the link to it.
    #[serde(default)]
    pub host_ip: Option<Ipv4Addr>,
    /// When its creation was asked for.
    pub created_at: Timestamp,
    /// When it ran for the first time.
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    /// When its state last changed.
    pub last_updated: Timestamp,
    /// Which of its ports are for its team only.
    #[serde(default)]
    pub private_ports: PortAccess,
    /// Opens its private ports, and signs addresses that do. One of an earlier version has none written down: it gets
    /// another one at each start.
    #[serde(default = "PortsToken::generate")]
    pub ports_token: PortsToken,
}

fn container() -> Kind {
    Kind::Container
}

/// A capsule as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapsuleView {
    /// What is known of it; `record.state` is its state now.
    pub record: Record,
    /// When it was last used.
    pub last_active_at: Timestamp,
}

/// The time, to the millisecond, as the database keeps it: so that a capsule reads the same from there.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix_ms(Timestamp::now().unix_ms())
}
