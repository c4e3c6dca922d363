//! Making a capsule.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::{
    boot::{self, Boot},
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

/// Makes the capsule. On an error everything is taken away again. It goes on when the caller goes away, and keeps the
/// capsule's lock until its end.
pub(super) async fn create(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    network: &NetworkNamespace,
) -> Result<()> {
    let guard = shared.locks.lock(&spec.id).await;
    let (shared, spec, network) = (Arc::clone(shared), spec.clone(), network.clone());
    let task = tokio::spawn(async move {
        let made = make(&shared, &spec, &network).await;
        settle(&shared, &spec, made, guard).await
    });
    task.await.map_err(|error| Error::system("create the capsule")(std::io::Error::other(error)))?
}

/// Takes everything of a capsule away again when `made` says that it could not be made.
pub(super) async fn settle(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    made: Result<()>,
    guard: OwnedMutexGuard<()>,
) -> Result<()> {
    if made.is_err()
        && let Err(second) = destroy::clear(shared, spec, guard).await
    {
        tracing::warn!(capsule = spec.id, error = %second, "cannot clear what a failed creation left");
    }
    made
}

async fn make(shared: &Arc<Shared>, spec: &CapsuleSpec, network: &NetworkNamespace) -> Result<()> {
    if restore_saved(shared, spec, network).await?.is_none() {
        return Ok(());
    }
    let turn = Arc::clone(&shared.boots).acquire_owned().await;
    // Of many that came at once, those that had to wait go on from what the first one's template left.
    let Some(plan) = restore_saved(shared, spec, network).await? else { return Ok(()) };
    let boot = Boot {
        paths: Paths::of(spec),
        plan: plan.clone(),
        name: spec.id.clone(),
        hostname: spec.hostname.clone(),
        network: network.clone(),
    };
    boot.run(shared).await?;
    drop(turn);
    if shared.options.saves_templates {
        boot::save_template(shared, &plan);
    }
    Ok(())
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
                end::kill(&shared, &Paths::of(&spec), &spec.id)?;
                shared.bases.remove(&base)
            };
            blocking(clear).await?;
            Ok(Some(plan))
        }
        done => done.map(|()| None),
    }
}
