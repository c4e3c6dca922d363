//! Taking a capsule away, whatever is there of it.

use std::sync::Arc;

use rustix::process::Signal;
use tokio::sync::OwnedMutexGuard;

use super::{paths::Paths, record, shared::Shared};
use crate::{
    error::{Error, Result},
    runtime::CapsuleSpec,
    tree,
};

/// Ends the capsule and removes everything of it.
pub(super) async fn destroy(shared: &Arc<Shared>, spec: &CapsuleSpec) -> Result<()> {
    // A creation that is under way fails by this, so that its lock is soon free.
    blocking(shared, spec, |shared, spec| shared.group(&spec.id).kill()).await?;
    let guard = shared.locks.lock(&spec.id).await;
    clear(shared, spec, guard).await
}

/// The same for who has the lock already. It is kept to the end even when the caller goes away.
pub(super) async fn clear(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    guard: OwnedMutexGuard<()>,
) -> Result<()> {
    blocking(shared, spec, move |shared, spec| {
        let _guard = guard;
        clear_now(shared, spec)
    })
    .await
}

async fn blocking<F>(shared: &Arc<Shared>, spec: &CapsuleSpec, work: F) -> Result<()>
where
    F: FnOnce(&Shared, &CapsuleSpec) -> Result<()> + Send + 'static,
{
    let (shared, spec) = (Arc::clone(shared), spec.clone());
    let task = tokio::task::spawn_blocking(move || work(&shared, &spec));
    task.await.map_err(|error| Error::system("clear the capsule")(std::io::Error::other(error)))?
}

fn clear_now(shared: &Shared, spec: &CapsuleSpec) -> Result<()> {
    // All processes are in the group, those of a creation that was cut off too.
    let group = shared.group(&spec.id);
    group.kill()?;
    if let Ok(Some(init)) = record::read(spec) {
        init.signal(Signal::KILL)?;
    }
    group.remove()?;
    shared.disk.forget(&spec.id);
    tree::remove(Paths::of(spec).runtime())
}
