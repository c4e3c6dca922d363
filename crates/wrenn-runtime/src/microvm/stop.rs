//! Looking, waiting, ending.

use std::{sync::Arc, time::Duration};

use wrenn_agent_proto::AgentClient;

use super::{
    connect, end, file, halt,
    paths::Paths,
    qmp::Qmp,
    record::Record,
    shared::{Shared, blocking},
};
use crate::{
    error::Result,
    runtime::{CapsuleSpec, Condition},
};

/// What is there of the capsule.
pub(super) async fn inspect(shared: &Arc<Shared>, spec: &CapsuleSpec) -> Result<Condition> {
    let paths = Paths::of(spec);
    let record = Record::read(&paths)?;
    let is_alive = record.as_ref().is_some_and(|record| record.process.is_alive());
    match record {
        _ if paths.paused().exists() => {
            if !is_alive && shared.group(&spec.id).existing().is_empty() {
                return Ok(Condition::Paused);
            }
        }
        None => return Ok(Condition::Missing),
        Some(_) if !is_alive => return Ok(Condition::Exited),
        Some(record) if record.runs => return Ok(Condition::Running),
        Some(_) => {}
    }
    // Something is under way, and then that is over once it has the lock; or a server was killed amid it.
    let guard = shared.locks.lock(&spec.id).await;
    let (shared, id) = (Arc::clone(shared), spec.id.clone());
    blocking(move || {
        let _guard = guard;
        if paths.paused().exists() {
            // A pause that had not ended the process yet, or a resumption that had not let it go: either way all that
            // there is was saved.
            end::kill(&shared, &paths, &id)?;
            return Ok(Condition::Paused);
        }
        let_go(&paths)
    })
    .await
}

/// Lets a machine go on that stands still, and is not being worked on.
pub(super) fn let_go(paths: &Paths) -> Result<Condition> {
    let Some(mut record) = Record::read(paths)? else { return Ok(Condition::Missing) };
    if !record.process.is_alive() {
        return Ok(Condition::Exited);
    }
    if !record.runs {
        halt::go(paths, &mut record, &mut Qmp::connect(&paths.monitor())?)?;
    }
    Ok(Condition::Running)
}

/// Returns when the machine has ended. A paused one has none.
pub(super) async fn wait(spec: &CapsuleSpec) -> Result<()> {
    let Some(record) = Record::read(&Paths::of(spec))? else { return Ok(()) };
    record.process.ended().await
}

/// Asks the guest to power off, and ends its process after `grace`.
pub(super) async fn stop(shared: &Arc<Shared>, spec: &CapsuleSpec, grace: Duration) -> Result<()> {
    let guard = shared.locks.lock(&spec.id).await;
    let paths = Paths::of(spec);
    let running = Record::read(&paths)?.filter(|record| record.process.is_alive());
    if let Some(record) = running.filter(|_| !grace.is_zero() && !paths.paused().exists()) {
        let asked = async {
            let socket = paths.agent();
            let agent = AgentClient::over_one_connection(move || {
                let socket = socket.clone();
                async move { connect::open(&socket).await }
            });
            // That it goes is the answer.
            let _ = agent.shutdown().await;
            record.process.ended().await
        };
        if let Ok(ended) = tokio::time::timeout(grace, asked).await {
            ended?;
        }
    }
    let (shared, id) = (Arc::clone(shared), spec.id.clone());
    blocking(move || {
        let _guard = guard;
        end::kill(&shared, &paths, &id)?;
        // What was saved belongs to a capsule that has ended.
        file::remove(&paths.paused())
    })
    .await
}
