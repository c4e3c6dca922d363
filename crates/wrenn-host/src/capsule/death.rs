//! Notices that a capsule ended by itself.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use wrenn_api::CapsuleId;
use wrenn_runtime::{CapsuleSpec, Condition, Runtime};

/// How long to wait before the runtime is asked again, after it failed to say.
const RETRY: Duration = Duration::from_secs(1);

/// Returns once the capsule has ended.
pub(super) fn watch(
    runtime: &Arc<dyn Runtime>,
    id: &CapsuleId,
    spec: &CapsuleSpec,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let (runtime, id, spec) = (Arc::clone(runtime), id.clone(), spec.clone());
    Box::pin(async move {
        loop {
            let Err(error) = runtime.wait(&spec).await else { return };
            tracing::warn!(%id, error = &error as &dyn std::error::Error, "cannot watch a capsule");
            match runtime.inspect(&spec).await {
                Ok(Condition::Exited | Condition::Missing) => return,
                Ok(Condition::Running | Condition::Paused) | Err(_) => tokio::time::sleep(RETRY).await,
            }
        }
    })
}
