//! Taking a capsule away, whatever is there of it.

use std::sync::Arc;

use rustix::process::Signal;
use tokio::sync::OwnedMutexGuard;

use super::{paths::Paths, record, shared::Shared};
use crate::{blocking::blocking, error::Result, runtime::CapsuleSpec, tree};

/// What fails with the thread.
const ACTION: &str = "clear the capsule";

/// Ends the capsule and removes everything of it.
pub(super) async fn destroy(shared: &Arc<Shared>, spec: &CapsuleSpec) -> Result<()> {
    // A creation that is under way fails by this, so that its lock is soon free.
    let group = shared.group(&spec.id);
    blocking(ACTION, move || group.kill()).await?;
    let guard = shared.locks.lock(&spec.id).await;
    clear(shared, spec, guard).await
}

/// The same for who has the lock already. It is kept to the end even when the caller goes away.
pub(super) async fn clear(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    guard: OwnedMutexGuard<()>,
) -> Result<()> {
    let (shared, spec) = (Arc::clone(shared), spec.clone());
    blocking(ACTION, move || {
        let _guard = guard;
        clear_now(&shared, &spec)
    })
    .await
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
