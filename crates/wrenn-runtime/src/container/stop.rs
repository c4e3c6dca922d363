//! What a running capsule goes through: looking, waiting, pausing, ending.

use std::{sync::Arc, time::Duration};

use rustix::process::Signal;

use super::{paths::Paths, record, shared::Shared};
use crate::{
    cgroup::Group,
    error::{Error, Result},
    network::NetworkNamespace,
    runtime::{CapsuleSpec, Condition},
};

/// What is there of the capsule.
pub(super) fn inspect(shared: &Shared, spec: &CapsuleSpec) -> Result<Condition> {
    match record::read(spec)? {
        None => Ok(Condition::Missing),
        Some(init) if !init.is_alive() => Ok(Condition::Exited),
        Some(init) => match shared.group(&spec.id).is_frozen() {
            Ok(true) => Ok(Condition::Paused),
            Ok(false) => Ok(Condition::Running),
            // It may have ended and been cleared away between the two looks.
            Err(_) if !init.is_alive() => Ok(Condition::Exited),
            Err(error) => Err(error),
        },
    }
}

/// Returns when the first process has ended; with it all others end.
pub(super) async fn wait(spec: &CapsuleSpec) -> Result<()> {
    let Some(init) = record::read(spec)? else { return Ok(()) };
    init.ended().await
}

/// The network namespace of the first process.
pub(super) fn network(spec: &CapsuleSpec) -> Result<NetworkNamespace> {
    let not_running = || Error::NotRunning { id: spec.id.clone() };
    let init = record::read(spec)?.ok_or_else(not_running)?;
    let network = NetworkNamespace::of_process(init.pid).map_err(|_| not_running())?;
    // Its number may have been given to another process before the namespace was opened, but not after.
    if init.is_alive() { Ok(network) } else { Err(not_running()) }
}

/// Freezes everything.
pub(super) async fn pause(shared: &Arc<Shared>, spec: &CapsuleSpec) -> Result<()> {
    require_alive(spec)?;
    in_group(shared, spec, Group::freeze).await
}

/// Lets everything go on.
pub(super) async fn resume(shared: &Arc<Shared>, spec: &CapsuleSpec) -> Result<()> {
    require_alive(spec)?;
    in_group(shared, spec, Group::thaw).await
}

/// Asks the first process to end, and kills all after `grace`.
pub(super) async fn stop(shared: &Arc<Shared>, spec: &CapsuleSpec, grace: Duration) -> Result<()> {
    let _guard = shared.locks.lock(&spec.id).await;
    let init = record::read(spec)?;
    if let Some(init) = init.filter(|_| !grace.is_zero()) {
        init.signal(Signal::TERM)?;
        in_group(shared, spec, Group::thaw).await?;
        if let Ok(ended) = tokio::time::timeout(grace, wait(spec)).await {
            ended?;
        }
    }
    in_group(shared, spec, Group::kill).await
}

fn require_alive(spec: &CapsuleSpec) -> Result<()> {
    match record::read(spec)? {
        Some(init) if init.is_alive() => Ok(()),
        _ => Err(Error::NotRunning { id: spec.id.clone() }),
    }
}

async fn in_group(shared: &Arc<Shared>, spec: &CapsuleSpec, work: fn(&Group) -> Result<()>) -> Result<()> {
    let group = shared.group(&spec.id);
    let task = tokio::task::spawn_blocking(move || work(&group));
    task.await
        .map_err(|error| Error::file("change", Paths::of(spec).runtime())(std::io::Error::other(error)))?
}
