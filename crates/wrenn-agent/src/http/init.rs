//! `POST /init`: what the host tells the agent after start and after a restore.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use axum::extract::State;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use buffa_types::google::protobuf::Timestamp;
use bytes::Bytes;
use http::StatusCode;
use rustix::time::{ClockId, Timespec, clock_gettime, clock_settime};
use serde::Deserialize;

use super::error::HttpError;
use crate::agent::Agent;
use crate::guest::{
    entropy::{self, MOST},
    names, network,
};

/// The clock is left alone when it is wrong by no more than this: the message took its time, too. A machine's own clock
/// stood still while the machine was away, for however short.
const TOLERANCE: Duration = Duration::from_secs(1);
const TOLERANCE_OF_MACHINE: Duration = Duration::from_millis(5);

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Init {
    env_vars: Option<BTreeMap<String, String>>,
    access_token: Option<String>,
    timestamp: Option<Timestamp>,
    default_user: Option<String>,
    default_workdir: Option<String>,
    hostname: Option<String>,
    entropy: Option<String>,
    machine_id: Option<String>,
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
    let names = Names::of(&init)?;
    if agent.has_machine() {
        // Random numbers first: everything that happens from now on may need them.
        names.apply_to_machine()?;
    } else if let Some(name) = &names.hostname
        && let Err(error) = rustix::system::sethostname(name.as_bytes())
    {
        tracing::warn!(%error, "the host name cannot be set here");
    }
    if let Some(time) = &init.timestamp {
        set_clock(time, if agent.has_machine() { TOLERANCE_OF_MACHINE } else { TOLERANCE });
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

/// What makes a machine an individual, checked.
struct Names {
    hostname: Option<String>,
    entropy: Option<Vec<u8>>,
    machine_id: Option<String>,
}

impl Names {
    fn of(init: &Init) -> Result<Self, HttpError> {
        let hostname = init.hostname.clone().filter(|name| !name.is_empty());
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        if hostname.as_ref().is_some_and(|name| name.len() > 64 || !name.bytes().all(is_of_name)) {
            return Err(HttpError::bad("A host name has at most 64 letters, digits, dots and dashes."));
        }
        let entropy = init.entropy.as_ref().map(|text| STANDARD.decode(text)).transpose();
        let entropy = entropy.ok().filter(|bytes| bytes.as_ref().is_none_or(|bytes| bytes.len() <= MOST));
        let Some(entropy) = entropy else {
            return Err(HttpError::bad(format!("The entropy must be at most {MOST} bytes in base64.")));
        };
        let machine_id = init.machine_id.clone();
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if machine_id.as_ref().is_some_and(|id| id.len() != 32 || !id.bytes().all(is_digit)) {
            return Err(HttpError::bad("A machine's id has 32 hexadecimal digits in lower case."));
        }
        Ok(Self { hostname, entropy, machine_id })
    }

    fn apply_to_machine(&self) -> Result<(), HttpError> {
        let failed = |what: &'static str| {
            move |error: std::io::Error| {
                tracing::warn!(%error, "cannot {what}");
                HttpError::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    format!("The agent cannot {what}: {error}."),
                )
            }
        };
        if let Some(bytes) = &self.entropy {
            entropy::add(bytes).map_err(failed("mix in randomness"))?;
        }
        if let Some(name) = &self.hostname {
            names::set_hostname(name).map_err(failed("set the host name"))?;
        }
        if let Some(id) = &self.machine_id {
            names::set_machine_id(id).map_err(failed("set the machine's id"))?;
        }
        network::forget_gateway();
        Ok(())
    }
}

/// Where the kernel is shared, its clock is the host's and right; where it is a machine's own, setting it is
/// allowed.
fn set_clock(time: &Timestamp, tolerance: Duration) {
    let now = clock_gettime(ClockId::Realtime);
    let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    let wrong = nanos(now.tv_sec, now.tv_nsec) - nanos(time.seconds, time.nanos.into());
    if wrong.unsigned_abs() <= tolerance.as_nanos() {
        return;
    }
    let time = Timespec { tv_sec: time.seconds, tv_nsec: time.nanos.into() };
    if let Err(error) = clock_settime(ClockId::Realtime, time) {
        tracing::debug!(%error, "the clock cannot be set here");
    }
}
