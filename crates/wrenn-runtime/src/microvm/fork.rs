//! Live copies of a capsule.

use std::sync::Arc;

use super::{
    base::Base,
    create,
    paths::Paths,
    plan::Plan,
    restore,
    shared::{Shared, blocking},
    snapshot::{self, Then},
    spares, start,
};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
    runtime::CapsuleSpec,
    tree,
};

/// Makes each of `into` go on where the capsule of `spec` is, which goes on as well. The answer has their outcomes in
/// their order.
pub(super) async fn fork(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    into: &[(CapsuleSpec, NetworkNamespace)],
) -> Result<Vec<Result<()>>> {
    let guard = shared.locks.lock(&spec.id).await;
    let scratch = Paths::at(shared.scratch_dir().join(format!("fork-{}", uuid::Uuid::new_v4().simple())));
    let saved = {
        let (shared, spec, scratch) = (Arc::clone(shared), spec.clone(), scratch.clone());
        blocking(move || {
            let _guard = guard;
            save(&shared, &spec, &scratch)
        })
        .await
    };
    let outcomes = match saved {
        Ok((plan, base)) => Ok(each(shared, &plan, &base, into).await),
        Err(error) => Err(error),
    };
    // The children have the files by names of their own.
    blocking(move || tree::remove(scratch.dir())).await?;
    outcomes
}

fn save(shared: &Shared, spec: &CapsuleSpec, scratch: &Paths) -> Result<(Plan, Base)> {
    start::make_dir(scratch)?;
    spares::own(scratch)?;
    let plan = Plan::without_base(shared, spec)?;
    let dir = scratch.dir().join("machine");
    snapshot::save(shared, &Paths::of(spec), &plan, &dir, Then::GoOn)?;
    let base = Base::open(&dir, &shared.platform)?;
    Ok((plan, base))
}

async fn each(
    shared: &Arc<Shared>,
    plan: &Plan,
    base: &Base,
    into: &[(CapsuleSpec, NetworkNamespace)],
) -> Vec<Result<()>> {
    let children = into.iter().map(|(child, network)| {
        let (shared, plan, base) = (Arc::clone(shared), plan.clone(), base.clone());
        let (child, network) = (child.clone(), network.clone());
        tokio::spawn(async move {
            let guard = shared.locks.lock(&child.id).await;
            let made = {
                let (shared, child) = (Arc::clone(&shared), child.clone());
                blocking(move || restore::restore(&shared, &child, &plan, &base, &network)).await
            };
            create::settle(&shared, &child, made, guard).await
        })
    });
    let mut outcomes = Vec::new();
    for child in children.collect::<Vec<_>>() {
        let panicked = |error| Error::system("make a copy of a capsule")(std::io::Error::other(error));
        outcomes.push(child.await.map_err(panicked).flatten());
    }
    outcomes
}
