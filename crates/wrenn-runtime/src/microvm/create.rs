//! Making a capsule.

use std::{io, sync::Arc};

use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, oneshot};

use super::{
    boot::{self, Abandoned, Boot},
    destroy, end,
    paths::Paths,
    plan::Plan,
    restore,
    shared::{Shared, blocking},
    spares,
};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
    runtime::CapsuleSpec,
};

/// Makes the capsule. On an error everything is taken away again. While it waits for its turn to boot there is nothing of
/// it, and it ends with its caller.
pub(super) async fn create(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    network: &NetworkNamespace,
) -> Result<()> {
    if attempt(shared, spec, network, None).await? == Outcome::MustBoot {
        let turn = Arc::clone(&shared.boots).acquire_owned().await;
        let turn = turn.map_err(|closed| failed(io::Error::other(closed)))?;
        // Of many that came at once, those that had to wait go on from what the first one's template left.
        attempt(shared, spec, network, Some(turn)).await?;
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Made,
    /// There is no saved machine to go on from, and it was not its turn to boot.
    MustBoot,
}

/// Tries once, and keeps the capsule's lock until its end. When the caller goes away it goes on to where it can stop.
async fn attempt(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    network: &NetworkNamespace,
    turn: Option<OwnedSemaphorePermit>,
) -> Result<Outcome> {
    let guard = shared.locks.lock(&spec.id).await;
    let (shared, spec, network) = (Arc::clone(shared), spec.clone(), network.clone());
    let (_caller, mut abandoned) = oneshot::channel();
    let task = tokio::spawn(async move {
        let made = make(&shared, &spec, &network, turn, &mut abandoned).await;
        settle(&shared, &spec, made, guard).await
    });
    task.await.map_err(|error| failed(io::Error::other(error)))?
}

fn failed(error: io::Error) -> Error {
    Error::system("create the capsule")(error)
}

/// Takes everything of a capsule away again when `made` says that it could not be made.
pub(super) async fn settle<T>(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    made: Result<T>,
    guard: OwnedMutexGuard<()>,
) -> Result<T> {
    if made.is_err()
        && let Err(second) = destroy::clear(shared, spec, guard).await
    {
        tracing::warn!(capsule = spec.id, error = %second, "cannot clear what a failed creation left");
    }
    made
}

async fn make(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    network: &NetworkNamespace,
    turn: Option<OwnedSemaphorePermit>,
    abandoned: &mut Abandoned,
) -> Result<Outcome> {
    let Some(plan) = restore_saved(shared, spec, network).await? else { return Ok(Outcome::Made) };
    let Some(turn) = turn else { return Ok(Outcome::MustBoot) };
    let boot = Boot {
        paths: Paths::of(spec),
        plan: plan.clone(),
        name: spec.id.clone(),
        hostname: spec.hostname.clone(),
        network: network.clone(),
    };
    boot.run(shared, abandoned).await?;
    drop(turn);
    if shared.options.saves_templates {
        boot::save_template(shared, &plan);
    }
    Ok(Outcome::Made)
}

/// Makes the capsule from its template's saved machine. The plan for a boot, when there is none that can be used.
async fn restore_saved(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    network: &NetworkNamespace,
) -> Result<Option<Plan>> {
    let plan = {
        let (shared, spec) = (Arc::clone(shared), spec.clone());
        blocking(move || Plan::of(&shared, &spec)).await?
    };
    let Some(base) = plan.base.clone() else { return Ok(Some(plan)) };
    spares::refill(shared, &plan, &base);
    let restored = {
        let (shared, spec, network) = (Arc::clone(shared), spec.clone(), network.clone());
        let (plan, base) = (plan.clone(), base.clone());
        blocking(move || restore::restore(&shared, &spec, &plan, &base, &network)).await
    };
    match restored {
        Err(error @ Error::Unusable { .. }) if shared.bases.has(&base) => {
            tracing::warn!(path = %base.dir.display(), %error, "a template's saved machine is made anew");
            let (shared, spec) = (Arc::clone(shared), spec.clone());
            let clear = move || {
                end::clear(&shared, &Paths::of(&spec), &spec.id)?;
                shared.bases.remove(&base)
            };
            blocking(clear).await?;
            Ok(Some(plan))
        }
        done => done.map(|()| None),
    }
}
