//! Capsules and their lifecycle.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    CapsuleId, HostId, NetworkPolicy, PortsToken, Timestamp,
    lenient::{null_as_default, on},
};

/// The template of a capsule when none is named.
pub const DEFAULT_TEMPLATE: &str = "minimal";
/// The processors of a capsule when not told otherwise.
pub const DEFAULT_VCPUS: u32 = 1;
/// The memory of a capsule in MiB when not told otherwise.
pub const DEFAULT_MEMORY_MB: u32 = 512;
/// The seconds of inactivity after which a capsule pauses when not told otherwise: never.
pub const DEFAULT_TIMEOUT_SEC: u32 = 0;

/// The response header of a list that goes on: pass its value as `cursor` to get the next page.
pub const NEXT_CURSOR_HEADER: &str = "X-Next-Cursor";

/// An isolated environment: a private filesystem, processes, network, and limits on processor and memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Capsule {
    /// Its id.
    #[schema(value_type = String, example = "cl-4x1k9d0q2m7r8t5v6w3y1z0ab")]
    pub id: CapsuleId,
    /// Where it is in its life.
    #[schema(inline)]
    pub status: CapsuleStatus,
    /// The template that it was made from.
    pub template: String,
    /// Its processors.
    pub vcpus: u32,
    /// Its memory in MiB.
    pub memory_mb: u32,
    /// Seconds of inactivity after which it pauses or is destroyed; 0: never.
    pub timeout_sec: u32,
    /// Its own address, as seen inside.
    pub guest_ip: String,
    /// The address of its machine's side of its network.
    pub host_ip: String,
    /// How it is isolated.
    #[schema(inline)]
    pub runtime: RuntimeKind,
    /// The machine that it is on.
    #[schema(value_type = Option<String>)]
    pub host_id: Option<HostId>,
    /// What its creator noted about it.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// When its creation was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ran for the first time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// When it was last used.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_active_at: Option<Timestamp>,
    /// When its status last changed.
    #[schema(value_type = String, format = DateTime)]
    pub last_updated: Timestamp,
    /// Whether what its template starts with it is ready; true when its template starts nothing.
    #[serde(default = "on")]
    pub ready: bool,
    /// Why what its template starts with it failed. The capsule runs all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub start_error: Option<String>,
    /// Whether its ports are for its team only. Absent once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub private_ports: Option<bool>,
    /// Opens its private ports, in the header `X-Wrenn-Ports-Token`. Absent once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    pub ports_token: Option<PortsToken>,
}

/// Where a capsule is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CapsuleStatus {
    /// Asked for.
    Pending,
    /// Being made.
    Starting,
    /// Usable.
    Running,
    /// On its way to be paused.
    Pausing,
    /// Frozen; nothing of it is lost.
    Paused,
    /// On its way back to be running.
    Resuming,
    /// Frozen, and its memory on disk.
    Hibernated,
    /// On its way to its end.
    Stopping,
    /// Ended; only this record of it is left.
    Stopped,
    /// Its machine no longer knows it.
    Missing,
    /// It failed.
    Error,
}

impl CapsuleStatus {
    /// Every status.
    pub const ALL: [Self; 11] = [
        Self::Pending,
        Self::Starting,
        Self::Running,
        Self::Pausing,
        Self::Paused,
        Self::Resuming,
        Self::Hibernated,
        Self::Stopping,
        Self::Stopped,
        Self::Missing,
        Self::Error,
    ];

    /// The status as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Pausing => "pausing",
            Self::Paused => "paused",
            Self::Resuming => "resuming",
            Self::Hibernated => "hibernated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Missing => "missing",
            Self::Error => "error",
        }
    }

    /// Whether the capsule is on its way to another status by itself.
    pub fn is_transitional(self) -> bool {
        matches!(self, Self::Pending | Self::Starting | Self::Pausing | Self::Resuming | Self::Stopping)
    }
}

impl fmt::Display for CapsuleStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a capsule's status")]
pub struct ParseStatusError;

impl FromStr for CapsuleStatus {
    type Err = ParseStatusError;

    fn from_str(text: &str) -> Result<Self, ParseStatusError> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(ParseStatusError)
    }
}

/// How a capsule is isolated from its machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RuntimeKind {
    /// By namespaces and limits of the machine's own kernel.
    Container,
    /// As a virtual machine with its own kernel.
    Microvm,
}

impl RuntimeKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Container, Self::Microvm];

    /// The kind as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Microvm => "microvm",
        }
    }
}

impl fmt::Display for RuntimeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no kind of runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a runtime: there are `container` and `microvm`")]
pub struct ParseRuntimeError;

impl FromStr for RuntimeKind {
    type Err = ParseRuntimeError;

    fn from_str(text: &str) -> Result<Self, ParseRuntimeError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseRuntimeError)
    }
}

/// What becomes of a capsule that nobody used for its `timeout_sec`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnTimeout {
    /// It is paused.
    #[default]
    Pause,
    /// It is destroyed.
    Destroy,
}

/// What to create. Everything has a default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CreateCapsuleRequest {
    /// The template's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = "minimal")]
    pub template: Option<String>,
    /// Processors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 1, minimum = 1)]
    pub vcpus: Option<u32>,
    /// Memory in MiB: at least 32 for a container, 96 for a microVM.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 512, minimum = 32)]
    pub memory_mb: Option<u32>,
    /// Seconds of inactivity before it pauses (or see `on_timeout`); 0: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 0)]
    pub timeout_sec: Option<u32>,
    /// Environment variables of every command in it.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub envs: BTreeMap<String, String>,
    /// Notes for its creator, to be found by in lists.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub metadata: BTreeMap<String, String>,
    /// What becomes of it after `timeout_sec`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline, nullable = false, default = "pause")]
    pub on_timeout: Option<OnTimeout>,
    /// How it is isolated, where the server offers several ways; else as the template or the server has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline, nullable = false)]
    pub runtime: Option<RuntimeKind>,
    /// What it may reach; absent: the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub network: Option<NetworkPolicy>,
    /// Whether its ports are for its team only: then they need the team's key, the capsule's `ports_token` or a signed
    /// address. Otherwise whoever knows a port's address may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = false)]
    pub private_ports: Option<bool>,
}

impl CreateCapsuleRequest {
    /// The template asked for, or the default.
    pub fn template(&self) -> &str {
        self.template.as_deref().unwrap_or(DEFAULT_TEMPLATE)
    }

    /// The processors asked for, or the default.
    pub fn vcpus(&self) -> u32 {
        self.vcpus.unwrap_or(DEFAULT_VCPUS)
    }

    /// The memory asked for, or the default, in MiB.
    pub fn memory_mb(&self) -> u32 {
        self.memory_mb.unwrap_or(DEFAULT_MEMORY_MB)
    }

    /// The seconds of inactivity asked for, or the default; 0: never.
    pub fn timeout_sec(&self) -> u32 {
        self.timeout_sec.unwrap_or(DEFAULT_TIMEOUT_SEC)
    }

    /// What happens after [`Self::timeout_sec`].
    pub fn on_timeout(&self) -> OnTimeout {
        self.on_timeout.unwrap_or_default()
    }
}

/// Which capsules to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListCapsulesQuery {
    /// Only these statuses; empty: all but `stopped`.
    pub status: Vec<CapsuleStatus>,
    /// Only those with all of these notes.
    pub metadata: BTreeMap<String, String>,
    /// The most to return; absent: all.
    pub limit: Option<u32>,
    /// Where the page before ended ([`NEXT_CURSOR_HEADER`]).
    pub cursor: Option<String>,
}

impl ListCapsulesQuery {
    /// The pairs of the query string, not yet escaped.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for status in &self.status {
            pairs.push(("status".to_owned(), status.to_string()));
        }
        for (key, value) in &self.metadata {
            pairs.push((format!("metadata.{key}"), value.clone()));
        }
        if let Some(limit) = self.limit {
            pairs.push(("limit".to_owned(), limit.to_string()));
        }
        if let Some(cursor) = &self.cursor {
            pairs.push(("cursor".to_owned(), cursor.clone()));
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_request_and_nulls_mean_the_defaults() {
        let nulls = r#"{"template":null,"vcpus":null,"envs":null,"metadata":null,"on_timeout":null,"new":1}"#;
        for json in ["{}", nulls] {
            let request: CreateCapsuleRequest = serde_json::from_str(json).unwrap();
            assert_eq!(request, CreateCapsuleRequest::default());
            assert_eq!((request.template(), request.vcpus(), request.memory_mb()), ("minimal", 1, 512));
            assert_eq!((request.timeout_sec(), request.on_timeout()), (0, OnTimeout::Pause));
        }
    }

    #[test]
    fn every_status_survives_the_wire() {
        for status in CapsuleStatus::ALL {
            assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{status}\""));
            assert_eq!(status.as_str().parse(), Ok(status));
        }
    }
}
