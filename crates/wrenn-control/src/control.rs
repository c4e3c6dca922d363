//! The entry to the control plane.

use std::{path::PathBuf, sync::Arc};

use wrenn_api::{
    BackgroundExecResponse, Capsule, CapsuleId, CapsuleMetrics, CapsuleStats, CreateCapsuleRequest,
    CreateSnapshotRequest, ErrorCode, ExecRequest, ExecResponse, KeyId, ListCapsulesQuery, MetricsRange,
    ProcessListResponse, ProcessSelector, Signal, StatsRange, TeamId, Template, TemplateType, UsageResponse,
};
use wrenn_runtime::Runtime;

use crate::{ControlError, Result};

/// What a control plane works with.
pub struct ControlConfig {
    /// The data directory; made when missing.
    pub data_dir: PathBuf,
    /// What isolates the capsules.
    pub runtime: Arc<dyn Runtime>,
    /// Where clients reach this server, as in `http://127.0.0.1:8080`; written to `bootstrap.json`.
    pub base_url: String,
    /// What is allowed.
    pub limits: Limits,
}

/// Bounds on what capsules may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most capsules on this machine that run or are paused.
    pub max_capsules: usize,
    /// The most processors of one capsule.
    pub max_vcpus: u32,
    /// The most memory of one capsule, in MiB.
    pub max_memory_mb: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_capsules: 1_000, max_vcpus: 64, max_memory_mb: 1024 * 1024 }
    }
}

/// What `bootstrap.json` says: how to use a server that was started for the first time.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Credentials {
    /// Where clients reach the server.
    pub base_url: String,
    /// The first API key.
    pub api_key: String,
    /// The owner's e-mail address.
    pub email: String,
    /// The owner's password.
    pub password: String,
}

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The team that it acts for.
    pub team_id: TeamId,
    /// The key that it showed.
    pub key_id: KeyId,
}

/// A part of a list of capsules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapsulePage {
    /// The capsules, newest first.
    pub capsules: Vec<Capsule>,
    /// What to ask for next; absent at the end.
    pub next_cursor: Option<String>,
}

/// A key that was just made: the only time that its secret is seen.
#[derive(Clone)]
pub struct NewApiKey {
    /// Its id.
    pub id: KeyId,
    /// The secret.
    pub key: String,
}

/// The control plane of one machine. Clones share it.
#[derive(Clone)]
pub struct Control {
    _inner: Arc<()>,
}

fn starting<T>() -> Result<T> {
    Err(ControlError::new(ErrorCode::HostUnavailable, "The server is not ready yet. Try again in a moment."))
}

impl Control {
    /// Opens the database, makes owner, team, key and `bootstrap.json` at the first start, and takes over the capsules
    /// that an earlier server left.
    pub async fn open(_config: ControlConfig) -> Result<Self> {
        starting()
    }

    /// Writes down what is only in memory. Capsules go on; the next server takes them over.
    pub async fn shutdown(&self) {}

    /// What a first user needs.
    pub fn credentials(&self) -> Result<Credentials> {
        starting()
    }

    /// Finds who an API key belongs to; `unauthorized` when to nobody.
    pub async fn authenticate_api_key(&self, _key: &str) -> Result<Caller> {
        starting()
    }

    /// Makes an API key.
    pub async fn create_api_key(&self, _team: &TeamId, _name: &str) -> Result<NewApiKey> {
        starting()
    }

    /// Makes a capsule; answers once it runs.
    pub async fn create_capsule(&self, _team: &TeamId, _request: &CreateCapsuleRequest) -> Result<Capsule> {
        starting()
    }

    /// Lists a team's capsules, newest first.
    pub async fn list_capsules(&self, _team: &TeamId, _query: &ListCapsulesQuery) -> Result<CapsulePage> {
        starting()
    }

    /// Looks at a capsule; stopped ones too.
    pub async fn get_capsule(&self, _team: &TeamId, _id: &CapsuleId) -> Result<Capsule> {
        starting()
    }

    /// Ends a capsule, whatever it does. Idempotent.
    pub async fn destroy_capsule(&self, _team: &TeamId, _id: &CapsuleId) -> Result<()> {
        starting()
    }

    /// Freezes a running capsule.
    pub async fn pause_capsule(&self, _team: &TeamId, _id: &CapsuleId) -> Result<Capsule> {
        starting()
    }

    /// Lets a paused capsule go on.
    pub async fn resume_capsule(&self, _team: &TeamId, _id: &CapsuleId) -> Result<Capsule> {
        starting()
    }

    /// Resets a capsule's inactivity timer.
    pub async fn ping_capsule(&self, _team: &TeamId, _id: &CapsuleId) -> Result<()> {
        starting()
    }

    /// What a capsule used.
    pub async fn capsule_metrics(
        &self,
        _team: &TeamId,
        _id: &CapsuleId,
        _range: MetricsRange,
    ) -> Result<CapsuleMetrics> {
        starting()
    }

    /// A team's capsules over a time.
    pub async fn capsule_stats(&self, _team: &TeamId, _range: StatsRange) -> Result<CapsuleStats> {
        starting()
    }

    /// What a team used by day; `from` and `to` as in `2026-01-31`, by default the last 30 days.
    pub async fn capsule_usage(
        &self,
        _team: &TeamId,
        _from: Option<&str>,
        _to: Option<&str>,
    ) -> Result<UsageResponse> {
        starting()
    }

    /// Runs a command to its end.
    pub async fn exec_foreground(
        &self,
        _team: &TeamId,
        _id: &CapsuleId,
        _request: &ExecRequest,
    ) -> Result<ExecResponse> {
        starting()
    }

    /// Starts a command and leaves it running.
    pub async fn exec_background(
        &self,
        _team: &TeamId,
        _id: &CapsuleId,
        _request: &ExecRequest,
    ) -> Result<BackgroundExecResponse> {
        starting()
    }

    /// The processes started through the API that still run.
    pub async fn list_processes(&self, _team: &TeamId, _id: &CapsuleId) -> Result<ProcessListResponse> {
        starting()
    }

    /// Signals a process started through the API, and all that it started.
    pub async fn kill_process(
        &self,
        _team: &TeamId,
        _id: &CapsuleId,
        _selector: &ProcessSelector,
        _signal: Signal,
    ) -> Result<()> {
        starting()
    }

    /// Keeps a running capsule's files as a template.
    pub async fn create_snapshot(
        &self,
        _team: &TeamId,
        _request: &CreateSnapshotRequest,
        _overwrite: bool,
    ) -> Result<Template> {
        starting()
    }

    /// The built-in templates and the team's snapshots.
    pub async fn list_templates(&self, _team: &TeamId, _kind: Option<TemplateType>) -> Result<Vec<Template>> {
        starting()
    }

    /// Deletes a snapshot. Capsules made from it are unharmed.
    pub async fn delete_snapshot(&self, _team: &TeamId, _name: &str) -> Result<()> {
        starting()
    }
}
