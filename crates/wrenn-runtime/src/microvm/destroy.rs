//! Taking a capsule away, whatever is there of it.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::{
    end,
    paths::Paths,
    shared::{Shared, blocking},
};
use crate::{error::Result, runtime::CapsuleSpec};

/// Ends the capsule and removes everything of it.
pub(super) async fn destroy(shared: &Arc<Shared>, spec: &CapsuleSpec) -> Result<()> {
    // Whatever is under way fails by this, so that its lock is soon free.
    let (holder, paths, id) = (Arc::clone(shared), Paths::of(spec), spec.id.clone());
    blocking(move || end::strike(&holder, &paths, &id)).await?;
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
    blocking(move || {
        let _guard = guard;
        end::clear(&shared, &Paths::of(&spec), &spec.id)
    })
    .await
}
