//! Taking over what an earlier host left.
//!
//! | written down | found running | found paused | found dead or missing |
//! |---|---|---|---|
//! | `starting` | cleared | cleared | cleared |
//! | `running` | adopted | thawed and adopted: a snapshot or an unanswered pause was cut off | reported as failed |
//! | `paused` | frozen and adopted: an unanswered resume was cut off | adopted | reported as failed |
//! | `stopping`, `stopped`, `failed` | removed and reported | removed and reported | removed and reported |
//! | nothing | cleared | cleared | cleared |
//!
//! Each by its own runtime; of a capsule without a record nobody knows which, so all are asked. One that was made by a runtime
//! that is not offered is left alone. Where a resumption needs the agent's attention, the capsule's owner does it.

use std::{fs, path::Path, time::Duration};

use futures_util::StreamExt as _;
use tokio::time::Instant;
use wrenn_api::CapsuleId;
use wrenn_network::Slot;
use wrenn_runtime::{CapsuleSpec, Condition};

use crate::{
    Host, HostError, Record, Result, State,
    activity::Shared,
    capsule::{Begin, Deps, Ending},
    disk,
    metrics::{History, read_last_active},
};

/// How many capsules are looked at together.
const AT_ONCE: usize = 16;

/// After a restart nothing times out for so long, because nobody could use its capsule meanwhile.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) async fn recover(host: &Host, deps: &Deps) -> Result<()> {
    let mut dirs = Vec::new();
    for entry in fs::read_dir(host.dir()).map_err(HostError::file("list", host.dir()))? {
        let dir = entry.map_err(HostError::file("list", host.dir()))?.path();
        let name = dir.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match name.parse::<CapsuleId>() {
            Ok(id) => dirs.push((id, dir)),
            Err(_) => {
                tracing::warn!(path = %dir.display(), "this is no capsule's directory and is left alone");
            }
        }
    }
    futures_util::stream::iter(dirs)
        .for_each_concurrent(AT_ONCE, |(id, dir)| async move {
            // One that cannot be taken over must not keep the others from it. It is left as it is, for the next start.
            if let Err(error) = take(host, deps, &id, &dir).await {
                tracing::error!(%id, error = &error as &dyn std::error::Error, "cannot take over a capsule");
            }
        })
        .await;
    deps.ids.clear_leftovers()
}

async fn take(host: &Host, deps: &Deps, id: &CapsuleId, dir: &Path) -> Result<()> {
    let Some(mut record) = disk::read_record(dir)? else {
        tracing::info!(%id, "clearing a half-made capsule");
        // Nothing says which runtime began it, and each clears only what is its own.
        for runtime in deps.runtimes.all() {
            runtime.destroy(&unknown(id, dir)).await.map_err(HostError::runtime("clear", id))?;
        }
        return disk::remove_dir(dir).await;
    };
    let mut slot = None;
    let begin = match record.state {
        State::Starting => {
            tracing::info!(%id, "clearing a half-made capsule");
            Begin::End(Ending::NeverMade(None))
        }
        State::Stopping | State::Stopped => Begin::End(Ending::Destroyed),
        State::Failed => Begin::End(Ending::Failed(record.reason.clone().unwrap_or_default())),
        // No other state is ever written down.
        State::Running | State::Pausing | State::Paused | State::Resuming => {
            let (begin, found) = adopt(deps, id, &mut record).await?;
            slot = found;
            begin
        }
    };
    if matches!(begin, Begin::Adopt | Begin::Resume) {
        deps.ids.reclaim(record.spec.first_id, dir)?;
    }
    let last_active_at = read_last_active(dir).unwrap_or(record.last_updated).max(record.last_updated);
    let timeout = Duration::from_secs(record.timeout_sec.into());
    let shared = Shared::new(record, last_active_at, true);
    if let Some(slot) = slot {
        shared.connect(slot);
    }
    if let Some(at) = (Instant::now() + GRACE.min(timeout)).checked_sub(timeout) {
        shared.lock().active_since(at);
    }
    host.take_over(shared, History::load(dir), begin, usize::MAX).map(drop)
}

/// Makes what is there agree with the record.
async fn adopt(deps: &Deps, id: &CapsuleId, record: &mut Record) -> Result<(Begin, Option<Slot>)> {
    let (runtime, spec) = (deps.runtimes.find(record.runtime)?, &record.spec);
    let condition = runtime.inspect(spec).await.map_err(HostError::runtime("look at", id))?;
    let mut slot = None;
    match (record.state, condition) {
        (_, Condition::Exited | Condition::Missing) => {
            let ending = Ending::Failed("it ended while the server did not run".to_owned());
            return Ok((Begin::End(ending), None));
        }
        // Its agent has to be told that it went on, which is its owner's task.
        (State::Running | State::Pausing, Condition::Paused) if runtime.capabilities().needs_refresh => {
            record.state = State::Resuming;
            return Ok((Begin::Resume, None));
        }
        (State::Running | State::Pausing, Condition::Paused) => {
            slot = deps.resume(runtime, id, spec, &record.network, None).await?;
            record.state = State::Running;
        }
        (State::Paused | State::Resuming, Condition::Running) => {
            runtime.pause(spec).await.map_err(HostError::runtime("pause", id))?;
            record.state = State::Paused;
        }
        (_, Condition::Running) => record.state = State::Running,
        (_, Condition::Paused) => record.state = State::Paused,
    }
    tracing::info!(%id, state = %record.state.status(), "took over a capsule");
    let has_network = record.state == State::Running || runtime.capabilities().paused_keeps_network;
    if slot.is_none() && has_network {
        slot = deps.adopt_slot(runtime, record).await;
    }
    Ok((Begin::Adopt, slot))
}

/// What little is known of a capsule without a record.
fn unknown(id: &CapsuleId, dir: &Path) -> CapsuleSpec {
    CapsuleSpec {
        id: id.to_string(),
        dir: dir.to_owned(),
        layers: Vec::new(),
        hostname: id.to_string(),
        vcpus: 1,
        memory_mb: 1,
        max_pids: 1,
        first_id: crate::FIRST_ID,
    }
}
