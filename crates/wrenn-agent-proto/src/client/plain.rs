//! The small plain routes: health, setup, metrics.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header::CONTENT_TYPE};
use http_body_util::Full;
use serde::{Deserialize, Serialize};

use super::{
    AgentClient, AgentError,
    call::{collect, refusal},
    pool::sure_body,
};

/// What the host tells the agent after start and after a restore. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Init {
    /// Environment variables of every process, instead of those of an earlier call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env_vars: Option<BTreeMap<String, String>>,
    /// What calls must present from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// The time now, as in RFC 3339, for the clock inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The user of calls that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_user: Option<String>,
    /// Where relative paths and commands start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_workdir: Option<String>,
    /// The host name inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Fresh random bytes in base64, for a kernel of the capsule's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entropy: Option<String>,
    /// The machine's id, 32 hexadecimal digits, for `/etc/machine-id` where that file exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<String>,
}

/// What the capsule uses, as seen from inside.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SystemMetrics {
    /// Seconds since 1970.
    pub ts: i64,
    /// Processors.
    pub cpu_count: u32,
    /// Of all processors together, since the last reading.
    pub cpu_used_pct: f64,
    /// Bytes of memory.
    pub mem_total: u64,
    /// Bytes of memory in use.
    pub mem_used: u64,
    /// Bytes of disk in use.
    pub disk_used: u64,
    /// Bytes of disk.
    pub disk_total: u64,
}

impl AgentClient {
    /// Whether the agent answers.
    ///
    /// # Errors
    /// Only those of the connection.
    pub async fn health(&self) -> Result<(), AgentError> {
        self.plain(Method::GET, "/health", Bytes::new()).await.map(drop)
    }

    /// Sets the agent's clock, environment and defaults.
    ///
    /// # Errors
    /// `InvalidArgument` for a value that cannot be set, `Unauthenticated` when another access token is set.
    pub async fn init(&self, init: &Init) -> Result<(), AgentError> {
        let body = serde_json::to_vec(init).map_err(|error| AgentError::malformed("POST /init", error))?;
        self.plain(Method::POST, "/init", body.into()).await.map(drop)
    }

    /// Asks the agent of a virtual machine to end: processes are asked to and then made to end, files are written to disk,
    /// and the machine is switched off. The answer comes before that.
    ///
    /// # Errors
    /// `Unimplemented` where the agent is not a machine's.
    pub async fn shutdown(&self) -> Result<(), AgentError> {
        self.plain(Method::POST, "/shutdown", Bytes::new()).await.map(drop)
    }

    /// What the capsule uses now.
    ///
    /// # Errors
    /// Only those of the connection.
    pub async fn metrics(&self) -> Result<SystemMetrics, AgentError> {
        let body = self.plain(Method::GET, "/metrics", Bytes::new()).await?;
        serde_json::from_slice(&body).map_err(|error| AgentError::malformed("GET /metrics", error))
    }

    async fn plain(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, AgentError> {
        let operation = format!("{method} {path}");
        let is_empty = body.is_empty();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://agent{path}"))
            .body(sure_body(Full::new(body)))
            .expect("the path is valid");
        request.headers_mut().extend(self.headers());
        if !is_empty {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let (response, lease) = self.pool.send(&operation, request).await?;
        if !response.status().is_success() {
            return Err(refusal(&operation, response).await);
        }
        let answer = collect(&operation, response.into_body()).await;
        drop(lease);
        answer
    }
}
