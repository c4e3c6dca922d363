//! Looking, waiting, ending.

use std::{sync::Arc, time::Duration};

use wrenn_agent_proto::AgentClient;

use super::{
    connect, end, file,
    paths::Paths,
    qmp::{Command, Qmp},
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
    if paths.paused().exists() {
        return Ok(Condition::Paused);
    }
    match Record::read(&paths)? {
        None => Ok(Condition::Missing),
        Some(record) if !record.process.is_alive() => Ok(Condition::Exited),
        Some(record) if record.runs => Ok(Condition::Running),
        Some(_) => {
            // It is being made, and then that is over now; or a server was killed just before it let it go.
            let _guard = shared.locks.lock(&spec.id).await;
            blocking(move || let_go(&paths)).await
        }
    }
}

fn let_go(paths: &Paths) -> Result<Condition> {
    let Some(mut record) = Record::read(paths)? else { return Ok(Condition::Missing) };
    if !record.process.is_alive() {
        return Ok(Condition::Exited);
    }
    if !record.runs {
        Qmp::connect(&paths.monitor())?.execute(&Command::Cont)?;
        record.runs = true;
        record.write(paths)?;
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
