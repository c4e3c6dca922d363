//! `POST /init`: what the host tells the agent after start and after a restore.

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::extract::State;
use buffa_types::google::protobuf::Timestamp;
use bytes::Bytes;
use http::StatusCode;
use rustix::time::{ClockId, Timespec, clock_gettime, clock_settime};
use serde::Deserialize;

use super::error::HttpError;
use crate::agent::Agent;

/// The clock is left alone when it is wrong by no more than this many seconds: the message took its time,
/// too.
const TOLERANCE: i64 = 1;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Init {
    env_vars: Option<BTreeMap<String, String>>,
    access_token: Option<String>,
    timestamp: Option<Timestamp>,
    default_user: Option<String>,
    default_workdir: Option<String>,
    hostname: Option<String>,
}

impl Init {
    /// What a body says; an empty one nothing.
    ///
    /// # Errors
    /// When it is not JSON of this form.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, HttpError> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        serde_json::from_slice(body)
            .map_err(|error| HttpError::bad(format!("The body is not valid: {error}.")))
    }
}

/// Sets what the body names, all of it or, when a part cannot be, nothing.
pub(super) async fn init(State(agent): State<Agent>, body: Bytes) -> Result<StatusCode, HttpError> {
    let init = Init::parse(&body)?;
    if let Some(name) = &init.default_user {
        agent.user_named(Some(name)).map_err(|error| HttpError::bad(error.to_string()))?;
    }
    if init.default_workdir.as_ref().is_some_and(|path| !path.is_empty() && !path.starts_with('/')) {
        return Err(HttpError::bad("The default working directory must be an absolute path."));
    }
    if let Some(name) = init.hostname.as_deref().filter(|name| !name.is_empty()) {
        set_hostname(name)?;
    }
    if let Some(time) = &init.timestamp {
        set_clock(time);
    }
    agent.configure(|settings| {
        if let Some(envs) = init.env_vars {
            settings.envs = envs;
        }
        if let Some(token) = init.access_token {
            settings.access_token = Some(token).filter(|token| !token.is_empty());
        }
        if let Some(name) = init.default_user.filter(|name| !name.is_empty()) {
            settings.default_user = name;
        }
        if let Some(path) = init.default_workdir {
            settings.default_workdir = Some(path).filter(|path| !path.is_empty()).map(PathBuf::from);
        }
    });
    Ok(StatusCode::NO_CONTENT)
}

fn set_hostname(name: &str) -> Result<(), HttpError> {
    if name.len() > 64 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)) {
        return Err(HttpError::bad("A host name has at most 64 letters, digits, dots and dashes."));
    }
    if let Err(error) = rustix::system::sethostname(name.as_bytes()) {
        tracing::warn!(%error, "the host name cannot be set here");
    }
    Ok(())
}

/// Where the kernel is shared, its clock is the host's and right; where it is a machine's own, setting it is
/// allowed.
fn set_clock(time: &Timestamp) {
    let now = clock_gettime(ClockId::Realtime);
    if (now.tv_sec - time.seconds).abs() <= TOLERANCE {
        return;
    }
    let time = Timespec { tv_sec: time.seconds, tv_nsec: time.nanos.into() };
    if let Err(error) = clock_settime(ClockId::Realtime, time) {
        tracing::debug!(%error, "the clock cannot be set here");
    }
}
