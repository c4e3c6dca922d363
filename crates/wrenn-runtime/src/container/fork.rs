//! Copies of a capsule: their files only, since processes of containers cannot be copied.

use std::{io, sync::Arc};

use tokio::task::JoinSet;

use super::{
    create::{self, PrivateLayer},
    paths::Paths,
    shared::Shared,
    snapshot, stop,
};
use crate::{
    blocking::blocking,
    error::{Error, Result},
    network::NetworkNamespace,
    runtime::{CapsuleSpec, Condition},
};

/// Makes the capsules `into` with the private layer of `spec`, which is frozen only while it is copied for the first time.
pub(super) async fn fork(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    into: &[(CapsuleSpec, NetworkNamespace)],
) -> Result<Vec<Result<()>>> {
    let Some(((first, _), others)) = into.split_first() else { return Ok(Vec::new()) };
    match stop::inspect(shared, spec)? {
        Condition::Running => {
            stop::pause(shared, spec).await?;
            let copied = copy(shared, spec, first).await;
            stop::resume(shared, spec).await?;
            copied?;
        }
        Condition::Paused => copy(shared, spec, first).await?,
        Condition::Exited | Condition::Missing => return Err(Error::NotRunning { id: spec.id.clone() }),
    }
    // Before it starts, the first child's layer is as still as a frozen capsule's.
    for (other, _) in others {
        copy(shared, first, other).await?;
    }
    Ok(start(shared, into).await)
}

/// Starts all of them at once. Those that are still to start when this future is dropped do not.
async fn start(shared: &Arc<Shared>, all: &[(CapsuleSpec, NetworkNamespace)]) -> Vec<Result<()>> {
    let mut starts = JoinSet::new();
    for (number, (spec, network)) in all.iter().enumerate() {
        let (shared, spec, network) = (Arc::clone(shared), spec.clone(), network.clone());
        starts.spawn(async move {
            (number, create::create(&shared, &spec, &network, PrivateLayer::Copied).await)
        });
    }
    let mut started: Vec<Result<()>> = Vec::new();
    started
        .resize_with(all.len(), || Err(Error::system("start a copy")(io::Error::other("its task panicked"))));
    while let Some(ended) = starts.join_next().await {
        if let Ok((number, result)) = ended {
            started[number] = result;
        }
    }
    started
}

/// Copies a private layer into the directory of a capsule that is not there yet. The lock is kept to the end even when
/// the caller goes away, so that `destroy` finds all of it.
async fn copy(shared: &Arc<Shared>, from: &CapsuleSpec, to: &CapsuleSpec) -> Result<()> {
    let guard = shared.locks.lock(&to.id).await;
    let (from, to) = (from.clone(), to.clone());
    blocking("copy the capsule's files", move || {
        let _guard = guard;
        let paths = Paths::of(&to);
        create::make_directory(&paths)?;
        snapshot::copy_for(from.first_id, &Paths::of(&from).upper(), to.first_id, &paths.upper())
    })
    .await
}
