//! Making a capsule.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::{
    boot::{self, Boot},
    destroy,
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
    let plan = {
        let (shared, spec) = (Arc::clone(shared), spec.clone());
        blocking(move || Plan::of(&shared, &spec)).await?
    };
    if let Some(base) = plan.base.clone() {
        spares::refill(shared, &plan, &base);
        let (shared, spec, network) = (Arc::clone(shared), spec.clone(), network.clone());
        return blocking(move || restore::restore(&shared, &spec, &plan, &base, &network)).await;
    }
    let boot = Boot {
        paths: Paths::of(spec),
        plan: plan.clone(),
        name: spec.id.clone(),
        hostname: spec.hostname.clone(),
        network: network.clone(),
    };
    boot.run(shared).await?;
    if shared.options.saves_templates {
        boot::save_template(shared, &plan);
    }
    Ok(())
}
